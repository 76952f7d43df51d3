"""Pictures are told by id: in lists, alone with everything, with similar ones, and shown in their folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import clipsearch
from indexer.store.store import Store
from server.opened.open_library import OpenLibrary
from server.running.app import make_app
from tests.server.api.test_search import searched


def envelope(client: TestClient) -> dict[str, Any]:
    hit: dict[str, Any] = searched(client, terms=[{"text": "red envelope"}], limit=1)["hits"][0]
    return hit


def test_a_list_of_pictures_keeps_its_order_and_leaves_out_what_is_gone(client: TestClient) -> None:
    ids = [hit["id"] for hit in searched(client, limit=5)["hits"]]
    asked = [ids[3], 999_999, ids[0], ids[3]]
    told = client.post("/api/v1/images", json={"ids": asked}).json()["images"]
    assert [picture["id"] for picture in told] == [ids[3], ids[0], ids[3]]
    assert all(picture["score"] is None and picture["matches"] is None for picture in told)
    assert client.post("/api/v1/images", json={"ids": [1] * 501}).status_code == 422


def test_a_picture_says_where_it_is_and_under_what_its_thumbnail_is_kept(client: TestClient, samples: Path) -> None:
    picture = envelope(client)
    with Store.open(samples) as store:
        root, content = store.db.execute(
            "SELECT root, content_hash FROM images WHERE id = ?", [picture["id"]]
        ).fetchone()
    assert (picture["folder"], picture["name"]) == (f"{root}:", "red-envelope.jpg")
    assert picture["thumb"] == content.hex()


def test_everything_of_one_picture(client: TestClient, samples: Path) -> None:
    with clipsearch.open(samples) as library:
        list(library.label("envelope,car", name="<script>alert(1)</script>"))
    picture = envelope(client)
    told = client.get(f"/api/v1/images/{picture['id']}").json()
    assert told["image"]["name"] == "red-envelope.jpg" and told["exists"] is True
    (label,) = told["labels"]
    assert (label["set"]["name"], label["class"]) == ("<script>alert(1)</script>", "envelope")
    assert 0 < label["probability"] <= 1 and label["said_by"] is None
    assert told["facts"]["indexed_at"] and told["facts"]["mtime"] and told["moments"] == []
    gone = client.get("/api/v1/images/999999")
    assert (gone.status_code, gone.json()["error"]) == (404, "This picture is not in the library any more.")


def test_a_copy_stands_beside_it(samples: Path, tmp_path: Path) -> None:
    with clipsearch.open(samples) as library:
        source = library.query("red envelope", k=1)[0].path
        (tmp_path / "more").mkdir()
        (tmp_path / "more" / "again.jpg").write_bytes(source.read_bytes())
        library.index([tmp_path / "more"])
    with TestClient(make_app(OpenLibrary(samples)), base_url="http://127.0.0.1:8765") as client:
        stacked = envelope(client)
        assert len(stacked["copies"]) == 1 and stacked["copies"][0]["thumb"] == stacked["thumb"]
        told = client.get(f"/api/v1/images/{stacked['id']}").json()
        assert [copy["id"] for copy in told["copies"]] == [stacked["copies"][0]["id"]]


def test_similar_ones_come_without_the_picture_itself(client: TestClient, samples: Path) -> None:
    picture = envelope(client)
    near = client.get(f"/api/v1/images/{picture['id']}/similar", params={"limit": 5}).json()["hits"]
    with clipsearch.open(samples) as library:
        hits = library.similar(picture["path"], k=5)
    assert [hit["id"] for hit in near] == [hit.id for hit in hits] and picture["id"] not in [hit.id for hit in hits]
    assert client.get("/api/v1/images/999999/similar").status_code == 404


def test_folders_are_shown_only_to_who_sits_there(
    client: TestClient, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    monkeypatch.setattr("server.api.pictures.show_in_folder", shown.append)
    picture = envelope(client)
    refused = client.post(f"/api/v1/images/{picture['id']}/reveal")
    assert (refused.status_code, shown) == (403, [])
    with TestClient(make_app(OpenLibrary(samples, reveals=True)), base_url="http://127.0.0.1:8765") as here:
        assert here.get("/api/v1/session").json()["reveal"] is True
        assert here.post(f"/api/v1/images/{picture['id']}/reveal").status_code == 204
        assert here.post("/api/v1/images/999999/reveal").status_code == 404
    assert shown == [Path(picture["path"])]
    read_only = OpenLibrary(samples, reveals=True, read_only=True)
    assert not read_only.reveals
    read_only.close()


def test_stats_are_those_of_the_command(client: TestClient, samples: Path) -> None:
    told = client.get("/api/v1/stats").json()
    with clipsearch.open(samples) as library:
        info = library.info()
    assert (told["pictures"], told["model"], told["folder"]) == (info.pictures, "builtin", str(samples))
    assert told["roots"][0]["pictures"] == info.pictures
