"""Searching over HTTP gives what the command line gives, in pages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
from starlette.testclient import TestClient

import clipsearch
from tests.conftest import REPOSITORY, SAMPLES

SCHEMA = json.loads((REPOSITORY / "docs" / "hit.schema.json").read_text(encoding="utf-8"))


def searched(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/search", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [hit["name"] for hit in found["hits"]]


def all_pages(client: TestClient, **body: Any) -> list[int]:
    ids, cursor = [], None
    while True:
        found = searched(client, cursor=cursor, **body)
        ids += [hit["id"] for hit in found["hits"]]
        cursor = found["cursor"]
        if cursor is None:
            return ids


def test_a_text_finds_what_the_python_api_finds(client: TestClient, samples: Path) -> None:
    found = searched(client, terms=[{"text": "red envelope"}])
    with clipsearch.open(samples) as library:
        hits = library.query("red envelope", k=100)
    assert [hit["id"] for hit in found["hits"][: found["matching"]]] == [hit.id for hit in hits]
    assert names(found)[0] == "red-envelope.jpg" and found["hits"][0]["matches"] is True
    assert found["weaker"] == len(found["hits"]) - found["matching"] > 0
    assert [hit["matches"] for hit in found["hits"]] == sorted((hit["matches"] for hit in found["hits"]), reverse=True)
    assert found["lowest"] <= found["hits"][found["matching"] - 1]["score"]
    assert (found["nearest"], found["cursor"], found["embedded"]) == (False, None, True)
    jsonschema.validate(found["hits"], {"type": "array", "items": SCHEMA})


def test_pages_follow_one_another_without_a_gap(client: TestClient) -> None:
    terms = [{"text": "a car"}]
    assert all_pages(client, terms=terms, limit=7) == all_pages(client, terms=terms, limit=500)
    assert all_pages(client, limit=4) == all_pages(client, limit=500)
    assert len(set(all_pages(client, limit=4))) == searched(client)["total"]


def test_pages_go_on_behind_what_was_ranked_first(client: TestClient, monkeypatch: Any) -> None:
    terms = [{"text": "a car"}]
    whole = all_pages(client, terms=terms, fold=False, limit=500)
    monkeypatch.setattr("server.api.found.MOST", 10)
    assert all_pages(client, terms=terms, fold=False, limit=3, cutoff="none") == whole


def test_a_cursor_is_of_one_search_and_one_state(client: TestClient, samples: Path) -> None:
    cursor = searched(client, terms=[{"text": "a car"}], limit=3)["cursor"]
    other = client.post("/api/v1/search", json={"terms": [{"text": "a cup"}], "cursor": cursor})
    assert (other.status_code, "another search" in other.json()["error"]) == (400, True)
    broken = client.post("/api/v1/search", json={"terms": [{"text": "a car"}], "cursor": "%%"})
    assert broken.status_code == 400
    with clipsearch.open(samples) as library:
        list(library.label("cup,car"))
    late = client.post("/api/v1/search", json={"terms": [{"text": "a car"}], "limit": 3, "cursor": cursor})
    assert (late.status_code, late.json()["error"]) == (
        410,
        "The library has changed since this search began; search again.",
    )


def test_plus_and_minus_pictures_need_no_file(client: TestClient, samples: Path, tmp_path: Path) -> None:
    envelope = searched(client, terms=[{"text": "red envelope"}])["hits"][0]
    like = searched(client, terms=[{"id": envelope["id"]}])
    assert like["hits"][0]["id"] == envelope["id"] and like["lowest"] is None
    without = searched(client, terms=[{"text": "red envelope"}, {"id": envelope["id"], "weight": -1}])
    assert without["hits"][0]["id"] != envelope["id"]
    gone = client.post("/api/v1/search", json={"terms": [{"id": 999_999}]})
    assert (gone.status_code, "not in the library any more" in gone.json()["error"]) == (410, True)
    upload = client.post("/api/v1/search", json={"terms": [{"upload": "nothing"}]})
    assert (upload.status_code, "give it again" in upload.json()["error"]) == (410, True)


def test_nothing_matches_is_said_and_the_nearest_are_there(client: TestClient) -> None:
    found = searched(client, terms=[{"text": "submarine under polar ice"}])
    assert (found["matching"], found["nearest"], found["lowest"]) == (0, True, None)
    assert found["hits"] and not any(hit["matches"] for hit in found["hits"])


def test_date_order_holds_among_the_matches_only(client: TestClient) -> None:
    found = searched(client, terms=[{"text": "a car"}], sort="date", fold=False)
    by_score = searched(client, terms=[{"text": "a car"}], fold=False)
    dates = [hit["taken_at"] or "" for hit in found["hits"][: found["matching"]]]
    assert dates == sorted(dates, reverse=True)
    assert found["matching"] == by_score["matching"] > 1
    assert names(found)[found["matching"] :] == names(by_score)[found["matching"] :]
    ids = {hit["id"] for hit in by_score["hits"][: found["matching"]]}
    assert {hit["id"] for hit in found["hits"][: found["matching"]]} == ids


def test_without_terms_all_come_newest_first(client: TestClient, samples: Path) -> None:
    found = searched(client)
    dates = [hit["taken_at"] or "" for hit in found["hits"]]
    assert dates == sorted(dates, reverse=True) and len(dates) == found["matching"] == found["total"]
    by_path = names(searched(client, sort="path"))
    with clipsearch.open(samples) as library:
        assert by_path == [hit.path.name for hit in library.query(min_size="1b", sort="path")]


def test_filters_and_quoted_names_narrow(client: TestClient) -> None:
    assert names(searched(client, filters={"named": ["envelope"]})) == names(
        searched(client, terms=[{"text": '"envelope"'}])
    )
    both = searched(client, terms=[{"text": 'red "envelope"'}], filters={"types": ["jpeg"]})
    assert names(both) == ["red-envelope.jpg"] and 'with "envelope" in the path' in both["understood"]
    assert searched(client, filters={"after": "2100"})["total"] == 0
    every = searched(client)["total"]
    assert (
        searched(client, filters={"dated": True})["total"] + searched(client, filters={"dated": False})["total"]
        == every
    )
    assert (
        searched(client, filters={"box": [-90, -180, 90, 180]})["total"]
        == searched(client, filters={"placed": True})["total"]
    )


def test_folders_are_named_by_their_root(client: TestClient, samples: Path, tmp_path: Path) -> None:
    (tmp_path / "more" / "2019").mkdir(parents=True)
    shutil.copy(SAMPLES / "car-red.jpg", tmp_path / "more" / "2019")
    with clipsearch.open(samples) as library:
        library.index([tmp_path / "more"])
    below = searched(client, filters={"folders": ["2:2019"]})
    assert [(hit["folder"], hit["name"]) for hit in below["hits"]] == [("2:2019", "car-red.jpg")]
    assert searched(client, filters={"folders": ["2:2019", "1:"]})["total"] == searched(client)["total"]
    assert searched(client, filters={"folders": ["1:nowhere"]})["total"] == 0
    for folder, part in (("7:", "no root 7"), ("/etc", "ROOT:PATH"), ("1:../../etc", "")):
        answer = client.post("/api/v1/search", json={"filters": {"folders": [folder]}})
        assert part in answer.text and (answer.status_code == 400 or answer.json()["hits"] == [])


def test_what_makes_no_sense_is_one_sentence(client: TestClient) -> None:
    for body, status, part in (
        ({"filters": {"after": "yesterdayish"}}, 400, "yesterdayish"),
        ({"filters": {"near": "/etc/passwd"}}, 400, "place"),
        ({"filters": {"radius": "5km"}}, 400, "place"),
        ({"filters": {"labels": ["nothing"]}}, 400, "label"),
        ({"terms": [{"text": "cup", "weight": -1}]}, 400, "not wanted"),
        ({"terms": [{"text": "cup"}, {"text": "cup", "weight": -1}]}, 400, "cancel"),
        ({"cutoff": 0.3}, 400, "cutoff"),
        ({"terms": [{"text": "cup", "id": 3}]}, 422, "one of text, id and upload"),
        ({"terms": [{"text": "  "}]}, 400, "empty"),
        ({"limit": 501}, 422, "limit"),
        ({"colour": "red"}, 422, "colour"),
    ):
        answer = client.post("/api/v1/search", json=body)
        assert answer.status_code == status, (body, answer.text)
        assert part in answer.json()["error"] and "\n" not in answer.json()["error"]


def test_a_file_is_never_taken_for_a_place(client: TestClient) -> None:
    answer = client.post("/api/v1/search", json={"filters": {"near": str(SAMPLES / "red-envelope.jpg")}})
    assert answer.status_code == 400 and "does not say where" not in answer.json()["error"]


def test_plain_searches_have_an_address(client: TestClient) -> None:
    posted = searched(client, terms=[{"text": "red envelope"}], filters={"types": ["jpeg"]}, limit=3)
    got = client.get("/api/v1/search", params={"q": "red envelope", "type": "jpeg", "limit": 3}).json()
    assert got["hits"] == posted["hits"]
    assert client.get("/api/v1/search", params={"limit": 0}).status_code == 422
    assert client.get("/api/v1/search", params={"q": "x" * 2001}).status_code == 422


def test_known_texts_are_told_from_new_ones(client: TestClient, monkeypatch: Any) -> None:
    def known(text: str) -> bool:
        return bool(client.get("/api/v1/known", params={"q": text}).json()["known"])

    monkeypatch.setattr("search.library.library.open_tower", lambda fingerprint: object())
    assert known("a purple piano")  # the text tower is quick
    monkeypatch.setattr("search.library.library.open_tower", lambda fingerprint: None)
    monkeypatch.setattr("search.library.library.Library.is_loaded", False)
    assert not known("a purple piano")
    searched(client, terms=[{"text": "a purple piano"}])
    assert known("a purple piano") and not known("a green piano")  # it is cached
    assert known('"2019"')  # which only names are compared with
