"""Acting on all that a search finds: planned first, done to exactly these, taken back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import clipsearch
from search.export.manifest import MANIFEST
from server.jobs import job_list
from server.opened.open_library import OpenLibrary
from server.running.app import make_app
from tests.conftest import SAMPLES
from tests.server.job_api.conftest import Act

ACTIONS = "/api/v1/actions"
CARS = {"filters": {"named": ["car-"]}}
Ended = Callable[[dict[str, Any]], dict[str, Any]]


def names(folder: Path) -> set[str]:
    """Return the names of the pictures in a folder."""
    return {path.name for path in folder.iterdir() if path.name != MANIFEST}


@pytest.fixture
def own_pictures(samples: Path, tmp_path: Path) -> Path:
    """Return a folder of pictures that a test may change, which the library knows besides the samples."""
    folder = tmp_path / "own"
    folder.mkdir()
    for name in ("car-red.jpg", "cup-white.jpg", "dog.jpg"):
        source = SAMPLES / name
        if source.exists():
            (folder / f"own-{name}").write_bytes(source.read_bytes())
    with clipsearch.open(samples) as library:
        library.index([folder])
    return folder


def test_all_that_match_are_copied_and_taken_back(client: TestClient, act: Act, ended: Ended, tmp_path: Path) -> None:
    """With the real model: what matches a text, not a page of it, and not what is ranked behind."""
    best = tmp_path / "best"
    search = {"terms": [{"text": "a car"}]}
    matching = client.post("/api/v1/search", json=search).json()["matching"]
    plan = client.post(ACTIONS, json={"kind": "copy", "to": str(best), **search}).json()
    assert plan["pictures"] == matching > 1 and not best.exists()
    assert plan["bytes"] == sum((SAMPLES / hit["name"]).stat().st_size for hit in first(client, search, matching))
    assert plan["sentence"].startswith(f"Copy {matching} pictures (") and str(best) in plan["sentence"]
    job = act(kind="copy", to=str(best), numbered=True, **search)
    assert (job["state"], job["result"]["done"], job["done"]) == ("done", matching, matching)
    expected = {f"{rank:03}-{hit['name']}" for rank, hit in enumerate(first(client, search, matching), start=1)}
    assert names(best) == expected
    assert json.loads((best / MANIFEST).read_text())["query"] == "a car"
    undo = f"{ACTIONS}/{job['result']['action']}/undo"
    would = ended(client.post(undo, json={}).json())
    assert would["result"]["taken_back"] == matching + 1 and best.exists()
    assert ended(client.post(undo, json={"dry_run": False}).json())["result"]["taken_back"] == matching + 1
    assert not best.exists()
    assert [one["state"] for one in client.get(ACTIONS).json()["actions"]] == ["undone"]
    again = client.post(undo, json={"dry_run": False})
    assert (again.status_code, "undone already" in again.json()["error"]) == (400, True)


def first(client: TestClient, search: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return the first hits of a search."""
    hits: list[dict[str, Any]] = client.post("/api/v1/search", json={**search, "limit": count}).json()["hits"]
    return hits


def test_all_means_the_whole_ranking(act: Act, client: TestClient, tmp_path: Path) -> None:
    total = client.get("/api/v1/session").json()["pictures"]
    plan = client.post(
        ACTIONS, json={"kind": "link", "what": "all", "to": str(tmp_path / "all"), "terms": [{"text": "a car"}]}
    ).json()
    assert plan["pictures"] + plan["copies"] == total


def test_links_are_hard_and_what_is_there_is_not_put_there_again(act: Act, tmp_path: Path) -> None:
    job = act(kind="link", to=str(tmp_path / "best"), **CARS)
    linked = tmp_path / "best" / "car-red.jpg"
    assert linked.samefile(SAMPLES / "car-red.jpg") or linked.is_symlink()
    again = act(kind="link", to=str(tmp_path / "best"), **CARS)
    assert (again["result"]["done"], again["result"]["there"]) == (0, job["result"]["done"])
    assert again["result"]["action"] is None


def test_a_sheet_is_new_and_taken_back(client: TestClient, act: Act, ended: Ended, tmp_path: Path) -> None:
    sheet = tmp_path / "new" / "sheet.html"
    job = act(kind="sheet", to=str(sheet), **CARS)
    page = sheet.read_text(encoding="utf-8")
    assert "car-red.jpg" in page and page.count("data:image/webp") == job["result"]["done"] > 1
    refused = client.post(ACTIONS, json={"kind": "sheet", "to": str(sheet), **CARS})
    assert (refused.status_code, "exists" in refused.json()["error"]) == (400, True)
    ended(client.post(f"{ACTIONS}/{job['result']['action']}/undo", json={"dry_run": False}).json())
    assert not sheet.parent.exists()


def test_pictures_that_were_selected_one_by_one_are_acted_on_in_their_order(
    client: TestClient, act: Act, ended: Ended, tmp_path: Path
) -> None:
    hits = client.post("/api/v1/search", json={**CARS, "sort": "path"}).json()["hits"]
    some = [hits[2], hits[0], hits[1]]
    ids = [one["id"] for one in some]
    job = act(kind="copy", to=str(tmp_path / "some"), numbered=True, ids=[*ids, ids[0], 2**40])
    assert (job["state"], job["result"]["done"]) == ("done", 3), "each once, and not what is gone"
    assert names(tmp_path / "some") == {f"{rank:03}-{one['name']}" for rank, one in enumerate(some, start=1)}
    sheet = tmp_path / "some.html"
    assert act(kind="sheet", to=str(sheet), ids=ids)["result"]["done"] == 3
    assert "3 selected pictures" in sheet.read_text() and "Selected one by one" in sheet.read_text()
    made = client.post("/api/v1/label-sets", json={"classes": [{"name": "cup"}, {"name": "dog"}]}).json()
    job = act(kind="label", set=made["set"]["id"], labels=["other"], ids=ids)
    assert job["result"]["done"] == 3
    undo = client.post(f"{ACTIONS}/{job['result']['action']}/undo", json={"dry_run": False}).json()
    assert ended(undo)["result"]["taken_back"] == 3
    lines = client.post("/api/v1/paths", json={"ids": ids}).text.splitlines()
    assert lines == [str(SAMPLES / one["name"]) for one in some]
    body = {"kind": "copy", "to": str(tmp_path / "other"), "ids": ids}
    plan = client.post(ACTIONS, json=body).json()
    others = client.post(ACTIONS, json={**body, "ids": ids[:2], "dry_run": False, "plan": plan["plan"]})
    assert others.status_code == 409 and not (tmp_path / "other").exists()


def test_ids_that_make_no_sense_are_told(client: TestClient) -> None:
    told = client.post("/api/v1/paths", json={"ids": [2**40]})
    assert told.status_code == 400 and "choose others" in told.json()["error"]
    told = client.post("/api/v1/paths", json={"ids": [1], **CARS})
    assert told.status_code == 400 and "not by both" in told.json()["error"]
    assert client.post("/api/v1/paths", json={"ids": []}).status_code == 422
    many = client.post("/api/v1/paths", json={"ids": [1] * 100_001})
    assert many.status_code == 422, "never more than a person can have selected"


def test_a_sheet_that_was_changed_is_kept(client: TestClient, act: Act, ended: Ended, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.html"
    job = act(kind="sheet", to=str(sheet), **CARS)
    sheet.write_text("a person's own")
    kept = ended(client.post(f"{ACTIONS}/{job['result']['action']}/undo", json={"dry_run": False}).json())
    assert [one["path"] for one in kept["result"]["kept"]] == [str(sheet)] and sheet.exists()


def test_a_picture_that_is_gone_is_told_and_the_rest_goes_on(own_pictures: Path, act: Act, tmp_path: Path) -> None:
    gone, *others = sorted(own_pictures.iterdir())
    gone.unlink()
    for kind, to in (("copy", "copies"), ("link", "links"), ("sheet", "sheet.html")):
        job = act(kind=kind, to=str(tmp_path / to), filters={"named": ["own-"]})
        told = [(one["path"], one["reason"]) for one in job["result"]["problems"]]
        assert [path for path, _ in told] == [str(gone)] and told[0][1]
        if kind != "sheet":
            assert names(tmp_path / to) == {path.name for path in others}


def test_pictures_are_labelled_as_a_person_and_as_before(
    client: TestClient, act: Act, ended: Ended, samples: Path
) -> None:
    with clipsearch.open(samples) as library:
        library.label(["car", "cup"], name="things")
    label_set = 1
    job = act(kind="label", set=label_set, labels=["cup"], **CARS)
    count = job["result"]["done"]
    assert count > 2 and "Labelled" in job["sentence"]
    said = client.post("/api/v1/search", json={"filters": {"labels": ["things:cup"], "named": ["car-"]}}).json()
    assert said["total"] == count
    listed = client.get(ACTIONS).json()["actions"]
    assert [one["id"] for one in listed] == [job["result"]["action"]]
    undo = f"{ACTIONS}/{job['result']['action']}/undo"
    assert ended(client.post(undo, json={}).json())["result"]["taken_back"] == count
    assert ended(client.post(undo, json={"dry_run": False}).json())["result"]["taken_back"] == count
    after = client.post("/api/v1/search", json={"filters": {"labels": ["things:cup"], "named": ["car-"]}}).json()
    assert after["total"] == 0
    assert client.get(ACTIONS).json()["actions"][0]["state"] == "undone"
    again = ended(client.post(undo, json={}).json())
    assert again["state"] == "failed" and "already" in again["error"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "copy"}, "where to"),
        ({"kind": "copy", "to": "  "}, "where to"),
        ({"kind": "copy", "to": "best"}, "whole path"),
        ({"kind": "copy", "to": "./best"}, "whole path"),
        ({"kind": "copy", "to": "/a\0b"}, "where to"),
        ({"kind": "copy", "to": "/" + "x" * 300}, "can't be used"),
        ({"kind": "copy", "to": "{samples}/library.db"}, "clipsearch's own"),
        ({"kind": "link", "to": "{samples}/journal/x"}, "clipsearch's own"),
        ({"kind": "sheet", "to": "{samples}/x.html"}, "clipsearch's own"),
        ({"kind": "copy", "to": "{tmp}/file"}, "no folder"),
        ({"kind": "copy", "to": "{tmp}/file/below"}, "no folder"),
        ({"kind": "sheet", "to": "{tmp}/file/below.html"}, "no folder"),
        ({"kind": "sheet", "to": "{tmp}/sheet"}, ".html"),
        ({"kind": "label"}, "which label set"),
        ({"kind": "label", "set": 77}, "label set"),
        ({"kind": "copy", "to": "{tmp}/x", "filters": {"named": ["no such picture"]}}, "Nothing matches"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    client: TestClient, samples: Path, tmp_path: Path, body: dict[str, Any], words: str
) -> None:
    (tmp_path / "file").write_text("a person's own")
    if isinstance(body.get("to"), str):
        body = {**body, "to": body["to"].format(samples=samples, tmp=tmp_path)}
    refused = client.post(ACTIONS, json=body)
    assert refused.status_code == 400 and words in refused.json()["error"], refused.text


def test_a_home_and_a_link_lead_where_they_lead(
    client: TestClient, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    plan = client.post(ACTIONS, json={"kind": "copy", "to": "~/best", **CARS}).json()
    assert plan["folder"] == str(tmp_path / "home" / "best")
    (tmp_path / "way").symlink_to(samples)
    refused = client.post(ACTIONS, json={"kind": "copy", "to": str(tmp_path / "way" / "x"), **CARS})
    assert refused.status_code == 400 and "clipsearch's own" in refused.json()["error"]


def test_a_folder_that_cannot_be_written_to_is_refused(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    refused = client.post(ACTIONS, json={"kind": "copy", "to": str(tmp_path / "x"), **CARS})
    assert refused.status_code == 400 and "no permission" in refused.json()["error"]


def test_a_folder_in_a_root_is_allowed_as_by_the_command_and_said(client: TestClient, own_pictures: Path) -> None:
    plan = client.post(ACTIONS, json={"kind": "copy", "to": str(own_pictures / "best"), **CARS}).json()
    assert ["is inside the indexed folder" in note for note in plan["notes"]] == [True]


def test_a_plan_is_for_one_use_and_for_what_was_asked(client: TestClient, ended: Ended, tmp_path: Path) -> None:
    body = {"kind": "copy", "to": str(tmp_path / "best"), **CARS}
    plan = client.post(ACTIONS, json=body).json()["plan"]
    other = client.post(ACTIONS, json={**body, "to": str(tmp_path / "other"), "dry_run": False, "plan": plan})
    unplanned = client.post(ACTIONS, json={**body, "dry_run": False})
    assert (other.status_code, unplanned.status_code) == (409, 409)
    assert not (tmp_path / "best").exists() and not (tmp_path / "other").exists()
    done = ended(client.post(ACTIONS, json={**body, "dry_run": False, "plan": plan}).json())
    again = client.post(ACTIONS, json={**body, "dry_run": False, "plan": plan})
    assert (done["state"], again.status_code, "already" in again.json()["error"]) == ("done", 409, True)


def test_a_plan_for_other_pictures_than_match_by_now_is_refused(
    client: TestClient, samples: Path, own_pictures: Path, tmp_path: Path
) -> None:
    body = {"kind": "copy", "to": str(tmp_path / "best"), "filters": {"named": ["own-"]}}
    plan = client.post(ACTIONS, json=body).json()
    (own_pictures / "own-new.jpg").write_bytes((SAMPLES / "car-blue.jpg").read_bytes())
    with clipsearch.open(samples) as library:
        library.index([own_pictures])
    refused = client.post(ACTIONS, json={**body, "dry_run": False, "plan": plan["plan"]})
    assert refused.status_code == 409 and "has changed" in refused.json()["error"]
    assert not (tmp_path / "best").exists()


def test_a_change_that_touches_none_of_them_does_not_matter(
    client: TestClient, samples: Path, own_pictures: Path, ended: Ended, tmp_path: Path
) -> None:
    body = {"kind": "copy", "to": str(tmp_path / "best"), **CARS}
    plan = client.post(ACTIONS, json=body).json()
    (own_pictures / "own-new.jpg").write_bytes((SAMPLES / "cup-white.jpg").read_bytes() + b"\0")
    with clipsearch.open(samples) as library:
        library.index([own_pictures])
    job = ended(client.post(ACTIONS, json={**body, "dry_run": False, "plan": plan["plan"]}).json())
    assert job["result"]["done"] == plan["pictures"]


def test_paths_of_all_come_one_a_line(client: TestClient) -> None:
    answer = client.post("/api/v1/paths", json=CARS)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert len(lines) == len(list(SAMPLES.glob("car-*"))) and str(SAMPLES / "car-red.jpg") in lines


def test_a_server_that_only_reads_changes_nothing(samples: Path, tmp_path: Path) -> None:
    with TestClient(make_app(OpenLibrary(samples, read_only=True)), base_url="http://127.0.0.1:8765") as asking:
        for body in ({"kind": "copy", "to": str(tmp_path / "x"), **CARS}, {"kind": "label", "set": 1, **CARS}):
            assert asking.post(ACTIONS, json=body).status_code == 403
        assert asking.post(f"{ACTIONS}/abcdef/undo", json={}).status_code == 403
        assert asking.post("/api/v1/index", json={}).status_code == 403
        assert asking.post("/api/v1/paths", json=CARS).status_code == 200


def test_unknown_jobs_and_actions_are_told(client: TestClient, ended: Ended) -> None:
    assert client.get("/api/v1/jobs/0123456789ab").status_code == 404
    assert client.post("/api/v1/jobs/0123456789ab/stop").status_code == 404
    assert client.get("/api/v1/jobs/..%2f").status_code in (404, 422)
    told = client.post(f"{ACTIONS}/abcdef/undo", json={})
    assert (told.status_code, "no action abcdef" in told.json()["error"]) == (400, True)
    told = ended(client.post(f"{ACTIONS}/label-1-99/undo", json={"dry_run": False}).json())
    assert told["state"] == "failed" and told["error"]
    assert client.get("/api/v1/jobs").json()["jobs"][0]["id"] == told["id"]


def test_a_child_that_dies_is_told_and_the_next_one_works(act: Act, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job_list, "PROGRAM", "import os; os.kill(os.getpid(), 9)")
        job = act(kind="copy", to=str(tmp_path / "best"), **CARS)
    assert job["state"] == "failed" and "signal 9" in job["error"]
    assert act(kind="copy", to=str(tmp_path / "best"), **CARS)["state"] == "done"
