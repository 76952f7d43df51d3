"""Tests of server.labelling.labels: the built-in model and the sample pictures, by HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

import clipsearch
from indexer.indexing.run import index
from indexer.models.loading import load_encoder
from indexer.store.store import Store
from server.opened.open_library import OpenLibrary
from server.running.app import make_app
from tests.conftest import SAMPLES
from tests.fakes import Recorder

CUPS = [{"name": "cup"}, {"name": "car"}]


def make(client: TestClient, **body: Any) -> dict[str, Any]:
    """Label the library, and return the set."""
    answer = client.post("/api/v1/label-sets", json={"classes": CUPS, "name": "mine", **body})
    assert answer.status_code == 200, answer.text
    label_set: dict[str, Any] = answer.json()["set"]
    return label_set


def ids(client: TestClient, part: str) -> list[int]:
    """Return the pictures with this in their names."""
    found = client.post("/api/v1/search", json={"filters": {"named": [part]}, "fold": False, "limit": 500}).json()
    return [hit["id"] for hit in found["hits"]]


def say(client: TestClient, label_set: int, images: list[int], *labels: str) -> dict[str, Any]:
    answer = client.post(f"/api/v1/label-sets/{label_set}/corrections", json={"ids": images, "labels": list(labels)})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_a_set_is_made_looked_at_changed_and_removed(client: TestClient) -> None:
    assert client.get("/api/v1/label-sets").json() == {"sets": []}
    ready = client.get("/api/v1/presets").json()
    assert {"name": "imagenet", "classes": 1000} in ready["presets"] and "photo7" in ready["templates"]
    made = client.post("/api/v1/label-sets", json={"classes": [*CUPS, {"name": "crane"}]}).json()
    assert made["judged"] > 30 and any('"crane" may mean two things' in note for note in made["notes"])
    label_set = made["set"]
    assert (label_set["name"], label_set["draft"], label_set["corrected"]) == ("cup,car,crane", True, 0)
    assert label_set["judged"] == made["judged"] == sum(one["pictures"] for one in label_set["classes"])
    again = client.post("/api/v1/label-sets", json={"classes": [*CUPS, {"name": "crane"}]}).json()
    assert again["judged"] == 0 and again["set"]["id"] == label_set["id"]
    url = f"/api/v1/label-sets/{label_set['id']}"
    assert client.patch(url, json={"keep": True}).json()["draft"] is False
    assert client.patch(url, json={"name": "mugs"}).json()["name"] == "mugs"
    other = make(client)
    taken = client.patch(f"/api/v1/label-sets/{other['id']}", json={"name": "mugs"})
    assert taken.status_code == 400 and "already" in taken.json()["error"]
    assert client.get(url).json()["name"] == "mugs"
    assert client.delete(url).status_code == 204 and client.get(url).status_code == 404
    assert client.delete(url).status_code == 404


def test_the_labels_of_pictures_are_told_as_they_are_now(client: TestClient) -> None:
    label_set = make(client)["id"]
    one, other = ids(client, "car-")[:2]
    say(client, label_set, [one], "cup")
    url = f"/api/v1/label-sets/{label_set}/labels"
    told = client.post(url, json={"ids": [other, one]}).json()["pictures"]
    assert [picture["id"] for picture in told] == [other, one] and told[0]["said_by"] is None
    assert told[1]["labels"] == [{"class": "cup", "probability": 1.0}] and told[1]["said_by"]
    assert client.post("/api/v1/label-sets/999/labels", json={"ids": [one]}).status_code == 404


def test_filters_presets_templates_and_examples_say_what_is_labelled_with(client: TestClient) -> None:
    cups = ids(client, "cup")
    taught = make(client, classes=[{"name": "mine", "prompts": ["a thing"], "examples": cups[:1]}, {"name": "car"}])
    assert taught["classes"][0]["examples"] == 1 and taught["classes"][0]["prompts"] == ["a thing"]
    few = make(client, name="few", filters={"named": ["cup"]}, templates=["photo7"])
    assert few["judged"] == len(cups) and len(few["templates"]) == 7
    preset = client.post("/api/v1/label-sets", json={"preset": "photo-basics"}).json()["set"]
    assert preset["name"] == "photo-basics" and len(preset["classes"]) >= 38
    gone = client.post("/api/v1/label-sets", json={"classes": [{"name": "x", "examples": [10**6]}]})
    assert gone.status_code == 410 and "Picture 1000000" in gone.json()["error"]
    for body, status in (({"classes": []}, 400), ({"classes": [{"name": "other"}]}, 400), ({"preset": "no"}, 400)):
        assert client.post("/api/v1/label-sets", json=body).status_code == status


def test_a_correction_counts_at_once_and_is_taken_back_step_by_step(client: TestClient) -> None:
    label_set = make(client)
    url = f"/api/v1/label-sets/{label_set['id']}"
    cars = ids(client, "car")
    before = client.get(url).json()
    first = say(client, label_set["id"], cars, "car")
    assert first["changed"] == len(cars) and first["accuracy"]["said"] == len(cars)
    assert first["accuracy"]["low"] <= first["accuracy"]["accuracy"] <= first["accuracy"]["high"]
    second = say(client, label_set["id"], cars[:1], "cup")
    assert second["accuracy"]["right"] < second["accuracy"]["said"] and second["act"] > first["act"]
    assert sum(second["counts"].values()) == before["judged"]
    told = client.get(url).json()
    assert told["corrected"] == len(cars) and {one["class"]: one["said"] for one in told["classes"]} == {
        "cup": 1,
        "car": len(cars) - 1,
        "other": 0,
    }
    picture = client.get(f"/api/v1/images/{cars[0]}").json()
    (label,) = picture["labels"]
    assert (label["class"], label["probability"]) == ("cup", 1.0) and label["said_by"] and label["said_at"]
    make(client, again=True)
    assert client.get(url).json()["corrected"] == len(cars), "no run touches what a person said"
    late = client.post(f"{url}/corrections/undo", json={"act": first["act"]})
    assert late.status_code == 400 and "Something else" in late.json()["error"]
    assert client.post(f"{url}/corrections/undo").json()["ids"] == cars[:1]
    undone = client.post(f"{url}/corrections/undo", json={})
    assert undone.json()["accuracy"]["said"] == 0 and sum(undone.json()["counts"].values()) == before["judged"]
    assert {one["class"]: one["pictures"] for one in client.get(url).json()["classes"]} == {
        one["class"]: one["pictures"] for one in before["classes"]
    }
    nothing = client.post(f"{url}/corrections/undo")
    assert nothing.status_code == 400 and "Nothing was corrected" in nothing.json()["error"]


def test_what_was_said_is_judged_again_where_the_set_was_made_otherwise_meanwhile(client: TestClient) -> None:
    label_set = make(client)
    say(client, label_set["id"], ids(client, "cup"), "cup")
    changed = make(client, threshold=0.1)
    undone = client.post(f"/api/v1/label-sets/{label_set['id']}/corrections/undo").json()
    assert sum(undone["counts"].values()) == changed["judged"], "each has a label by the model again"


def test_pages_bring_the_uncertain_first_and_go_on_after_corrections(client: TestClient) -> None:
    label_set = make(client)
    url = f"/api/v1/label-sets/{label_set['id']}/pictures"
    first = client.get(url, params={"limit": 5, "corrected": "no"}).json()
    margins = [picture["margin"] for picture in first["pictures"]]
    assert (
        margins == sorted(margins) and first["total"] == label_set["judged"] and first["pictures"][0]["said_by"] is None
    )
    shown = [picture["image"]["id"] for picture in first["pictures"]]
    say(client, label_set["id"], shown[:2], "other")
    second = client.get(url, params={"limit": 500, "corrected": "no", "cursor": first["cursor"]}).json()
    rest = [picture["image"]["id"] for picture in second["pictures"]]
    assert not set(rest) & set(shown) and len(rest) == label_set["judged"] - 5 and second["cursor"] is None
    said = client.get(url, params={"corrected": "yes", "label": "other"}).json()
    assert {picture["image"]["id"] for picture in said["pictures"]} == set(shown[:2]) and said["pictures"][0]["said_by"]
    by_path = client.get(url, params={"order": "path", "limit": 500}).json()["pictures"]
    assert [one["image"]["path"] for one in by_path] == sorted(one["image"]["path"] for one in by_path)
    assert client.get(url, params={"cursor": "x", "limit": 5}).status_code == 400
    make(client, threshold=0.2)
    stale = client.get(url, params={"limit": 5, "corrected": "no", "cursor": first["cursor"]})
    assert stale.status_code == 410 and "made anew" in stale.json()["error"]


def test_pages_bring_what_the_model_thinks_of_each_class_whatever_was_said(client: TestClient) -> None:
    label_set = make(client)
    url = f"/api/v1/label-sets/{label_set['id']}/pictures"
    pictures = client.get(url, params={"limit": 500}).json()["pictures"]
    assert all(picture["chances"][0] == picture["labels"][0] for picture in pictures)
    before = pictures[0]
    assert {chance["class"] for chance in before["chances"]} == {row["class"] for row in label_set["classes"]}
    values = [chance["probability"] for chance in before["chances"]]
    assert values == sorted(values, reverse=True) and sum(values) == pytest.approx(1, abs=1e-4)
    assert before["said_at"] is None
    say(client, label_set["id"], [before["image"]["id"]], before["chances"][1]["class"])
    after = client.get(url, params={"corrected": "yes"}).json()["pictures"][0]
    assert after["chances"] == before["chances"] and after["said_at"]


def test_accuracy_eval_recalibrate_and_learn(client: TestClient) -> None:
    label_set = make(client)
    url = f"/api/v1/label-sets/{label_set['id']}"
    assert client.get(f"{url}/eval").status_code == 400
    assert client.post(f"{url}/recalibrate").status_code == 400
    assert client.post(f"{url}/learn", json={}).status_code == 400
    cups, cars = ids(client, "cup"), ids(client, "car")
    say(client, label_set["id"], cups, "cup")
    say(client, label_set["id"], cars, "car")
    wrong = client.get(f"{url}/pictures", params={"label": "other", "limit": 12}).json()["pictures"]
    say(client, label_set["id"], [one["image"]["id"] for one in wrong[:8]], "other")
    say(client, label_set["id"], [one["image"]["id"] for one in wrong[8:]], "cup")  # which no model would say
    accuracy = client.get(f"{url}/accuracy").json()
    assert accuracy["said"] == accuracy["right"] + 4 and 0 <= accuracy["doubtful"] <= 1 and accuracy["note"]
    report = client.get(f"{url}/eval").json()
    assert report["pictures"] == accuracy["said"] and report["classes"] == ["cup", "car", "other"]
    assert abs(report["results"][0]["top1"] - accuracy["accuracy"]) < 1e-5
    assert sum(map(sum, report["results"][0]["confusion"])) == accuracy["said"]
    fitted = client.post(f"{url}/recalibrate")
    assert fitted.status_code == 200, fitted.text
    assert fitted.json()["after"] > 1 == fitted.json()["before"] and fitted.json()["accuracy"]["temperature"] > 1
    assert client.get(url).json()["corrected"] == accuracy["said"]
    lesson = client.post(f"{url}/learn", json={"dry_run": True}).json()
    assert (
        lesson["held_out"] == accuracy["said"]
        and not lesson["taken"]
        and lesson["interval"][0] <= lesson["interval"][1]
    )
    taken = client.post(f"{url}/learn", json={"dry_run": False}).json()
    assert taken["taken"] == taken["helped"] == lesson["helped"]
    learnt = sum(one.get("learnt", 0) for one in taken["set"]["classes"])
    assert bool(learnt) == taken["taken"]
    forgotten = client.post(f"{url}/learn", json={"dry_run": False, "forget": True}).json()
    assert not any(one.get("learnt") for one in forgotten["set"]["classes"])


@pytest.fixture
def own_samples(tmp_path: Path, samples: Path) -> Path:
    """Return a library of copies of the sample pictures, whose folder a test may write to."""
    folder = Path(shutil.copytree(SAMPLES, tmp_path / "pictures"))
    with Store.create(tmp_path / "own") as store:
        index(store, [folder], lambda: load_encoder("builtin", "cpu"), Recorder())
    return tmp_path / "own"


@pytest.fixture
def own(own_samples: Path) -> Iterator[TestClient]:
    """Return a client of a server of that library."""
    with TestClient(make_app(OpenLibrary(own_samples)), base_url="http://127.0.0.1:8765") as asking:
        yield asking


def sidecars(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*.xmp")}


def test_an_export_writes_what_its_plan_counted_or_nothing(own: TestClient, tmp_path: Path) -> None:
    label_set = make(own)
    url = f"/api/v1/label-sets/{label_set['id']}/export"
    say(own, label_set["id"], ids(own, "cup"), "cup")
    before = sidecars(tmp_path / "pictures")
    assert own.post(url, json={"dry_run": False}).status_code == 400
    plan = own.post(url, json={}).json()
    assert plan["sidecars"]["new"] > 2 and plan["plan"] and plan["action"] is None and plan["examples"][0]["change"]
    assert plan["from_people"] == len(ids(own, "cup")) and sidecars(tmp_path / "pictures") == before
    assert own.get(f"/api/v1/label-sets/{label_set['id']}").json()["draft"] is False
    say(own, label_set["id"], ids(own, "car"), "cup")
    stale = own.post(url, json={"dry_run": False, "plan": plan["plan"]})
    assert stale.status_code == 409 and "changed" in stale.json()["error"] and sidecars(tmp_path / "pictures") == before
    plan = own.post(url, json={}).json()
    done = own.post(url, json={"dry_run": False, "plan": plan["plan"]}).json()
    assert done["sidecars"] == plan["sidecars"] and done["action"] and not done["problems"] and done["plan"] is None
    assert len(sidecars(tmp_path / "pictures") - before) == plan["sidecars"]["new"]
    again = own.post(url, json={}).json()
    assert again["sidecars"]["new"] == again["sidecars"]["changed"] == 0 and "nothing to write" in again["sentence"]
    certain = own.post(url, json={"threshold": 1.0, "filters": {"named": ["cup"]}}).json()
    assert certain["from_people"] == len(ids(own, "cup")), "what a person said passes every threshold"


def test_pictures_that_are_new_get_labels_as_the_set_was_made(
    client: TestClient, samples: Path, tmp_path: Path
) -> None:
    label_set = make(client, classes=[{"name": "cup"}, {"name": "car"}, {"name": "dog"}], multi=True)
    image = ids(client, "cup")[0]
    say(client, label_set["id"], [image], "car")
    url = f"/api/v1/label-sets/{label_set['id']}/label"
    assert client.post(url, json={}).json()["judged"] == 0, "all have labels"
    (tmp_path / "new").mkdir()
    shutil.copy(SAMPLES / "car-red.jpg", tmp_path / "new" / "one.jpg")
    (tmp_path / "new" / "two.jpg").write_bytes((SAMPLES / "car-blue.jpg").read_bytes() + b"\0")
    with clipsearch.open(samples) as library:
        library.index([tmp_path / "new"])
    more = client.post(url, json={"filters": {"named": ["two"]}}).json()
    assert (more["judged"], more["set"]["id"], more["set"]["kind"]) == (1, label_set["id"], "multi")
    more = client.post(url, json={}).json()
    assert (
        more["set"]["judged"] == label_set["judged"] + 2 and more["set"]["corrected"] == 1 and not more["set"]["draft"]
    )
    assert client.post("/api/v1/label-sets/999/label", json={}).status_code == 404


def test_a_set_with_examples_from_elsewhere_is_looked_at_and_corrected_as_it_is_stored(
    client: TestClient, samples: Path, tmp_path: Path
) -> None:
    (tmp_path / "mugs").mkdir()
    with Image.open(SAMPLES / "cup-white.jpg") as picture:
        picture.resize((200, 150)).save(tmp_path / "mugs" / "mug.jpg")
    with clipsearch.open(samples) as library:
        library.label("car", examples={"mug": tmp_path / "mugs"}, name="taught")
    made = client.get("/api/v1/label-sets").json()["sets"][0]
    url = f"/api/v1/label-sets/{made['id']}"
    page = client.get(f"{url}/pictures").json()
    margins = [one["margin"] for one in page["pictures"]]
    assert page["total"] == made["judged"] == len(margins) and margins == sorted(margins) and margins[0] < margins[-1]
    assert all(one["labels"] and one["chances"] == [] for one in page["pictures"])
    image = page["pictures"][0]["image"]["id"]
    said = say(client, made["id"], [image], "mug")
    assert said["changed"] == 1 and "not remembered" in said["accuracy"]["note"]
    assert client.get(f"{url}/pictures?corrected=yes").json()["pictures"][0]["image"]["id"] == image
    assert client.post(f"{url}/corrections/undo").json()["ids"] == [image]
    assert client.get(f"{url}/pictures").json()["pictures"] == page["pictures"]
    told = client.post(f"{url}/label", json={})
    assert told.status_code == 400 and "name the classes again" in told.json()["error"]


def test_nothing_is_written_with_read_only(samples: Path) -> None:
    with TestClient(make_app(OpenLibrary(samples)), base_url="http://127.0.0.1:8765") as writing:
        label_set = make(writing)
    with TestClient(make_app(OpenLibrary(samples, read_only=True)), base_url="http://127.0.0.1:8765") as client:
        url = f"/api/v1/label-sets/{label_set['id']}"
        image = client.get(f"{url}/pictures").json()["pictures"][0]["image"]["id"]
        requests = [
            client.post("/api/v1/label-sets", json={"classes": CUPS}),
            client.post(f"{url}/corrections", json={"ids": [image], "labels": []}),
            client.post(f"{url}/corrections/undo"),
            client.post(f"{url}/label", json={}),
            client.post(f"{url}/recalibrate"),
            client.post(f"{url}/learn", json={"dry_run": False}),
            client.post(f"{url}/export", json={"dry_run": False, "plan": "x"}),
            client.patch(url, json={"keep": True}),
            client.delete(url),
        ]
        assert {answer.status_code for answer in requests} == {403}


def test_dry_runs_work_with_read_only_since_they_write_nothing(samples: Path) -> None:
    with TestClient(make_app(OpenLibrary(samples)), base_url="http://127.0.0.1:8765") as writing:
        label_set = make(writing)
        say(writing, label_set["id"], ids(writing, "cup"), "cup")
    with TestClient(make_app(OpenLibrary(samples, read_only=True)), base_url="http://127.0.0.1:8765") as client:
        before = client.get("/api/v1/session").json()["state"]
        url = f"/api/v1/label-sets/{label_set['id']}"
        assert client.post(f"{url}/export", json={}).json()["sidecars"]["new"] > 2
        assert client.post(f"{url}/learn", json={"dry_run": True}).json()["held_out"] > 0
        assert client.post(f"{url}/learn", json={"dry_run": True, "forget": True}).status_code == 403
        assert client.get("/api/v1/session").json()["state"] == before


def test_labels_are_texts_and_bodies_are_checked(client: TestClient) -> None:
    odd = "<script>alert(1)</script>"
    label_set = make(client, classes=[{"name": odd}, {"name": "car"}])
    image = ids(client, "cup")[0]
    assert say(client, label_set["id"], [image], odd)["counts"][odd] >= 1
    url = f"/api/v1/label-sets/{label_set['id']}"
    wrong = client.post(f"{url}/corrections", json={"ids": [image], "labels": ["boat"]})
    assert wrong.status_code == 400 and 'no label "boat"' in wrong.json()["error"]
    assert client.post(f"{url}/corrections", json={"ids": [], "labels": []}).status_code == 422
    assert client.post(f"{url}/corrections", json={"ids": [image], "labels": [], "by": "x"}).status_code == 422
    assert client.post("/api/v1/label-sets/999/corrections", json={"ids": [1], "labels": []}).status_code == 404
    assert client.get("/api/v1/label-sets/999/pictures").status_code == 404


def test_the_first_correction_makes_the_judge_and_others_use_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    label_set = make(client)
    images = ids(client, "cup")
    say(client, label_set["id"], images[:1], "cup")

    def made_again(*given: object) -> None:
        raise AssertionError("the judge was made again")

    monkeypatch.setattr("search.corrections.judged_set.JudgedSet", made_again)
    for _ in range(3):
        say(client, label_set["id"], images, "cup")
