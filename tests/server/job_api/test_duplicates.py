"""Duplicates over HTTP: found by a child process, shown in pages, exported as a list; nothing is ever deleted."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

import clipsearch
from search.duplicates.groups import find_duplicates
from search.library.library import open_library
from server.opened.open_library import OpenLibrary
from server.running.app import make_app
from tests.conftest import SAMPLES
from tests.server.job_api.conftest import LONG

DUPLICATES = "/api/v1/duplicates"


@pytest.fixture
def doubled(samples: Path, tmp_path: Path) -> Path:
    """Return the sample library with copies: one byte for byte, one smaller, one whose name is a formula."""
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "=cmd of a car.jpg").write_bytes((SAMPLES / "car-red.jpg").read_bytes())
    with Image.open(SAMPLES / "cup-white.jpg") as picture:
        picture.convert("RGB").resize((picture.width // 2, picture.height // 2)).save(folder / "small.jpg", quality=85)
    with clipsearch.open(samples) as library:
        library.index([folder])
    return folder


@pytest.fixture
def look(client: TestClient) -> Callable[..., dict[str, Any]]:
    """Look for duplicates, and return the state at the end."""

    def do(**body: Any) -> dict[str, Any]:
        state = client.post(DUPLICATES, json=body).json()
        until = time.monotonic() + LONG
        while state["state"] == "running":
            assert time.monotonic() < until
            time.sleep(0.05)
            state = client.get(f"{DUPLICATES}/state").json()
        return dict(state)

    return do


def pages(client: TestClient, limit: int) -> Iterator[list[dict[str, Any]]]:
    """Yield the groups page by page."""
    cursor = None
    while True:
        page = client.get(DUPLICATES, params={"limit": limit, **({"cursor": cursor} if cursor else {})}).json()
        yield page["groups"]
        if (cursor := page["cursor"]) is None:
            return


def test_groups_are_those_of_the_command(
    doubled: Path, samples: Path, client: TestClient, look: Callable[..., dict[str, Any]]
) -> None:
    assert client.get(f"{DUPLICATES}/state").json()["state"] == "none"
    early = client.get(DUPLICATES)
    assert early.status_code == 409 and "not been looked for" in early.json()["error"]
    state = look()
    with open_library(samples) as library:
        expected = find_duplicates(library)
    assert (state["state"], state["groups"], state["stale"]) == ("done", len(expected), False) and len(expected) == 2
    assert state["spare_bytes"] == sum(group.spare_bytes for group in expected)
    groups = [group for page in pages(client, 1) for group in page]
    assert [[(p["path"], p["match"]) for p in group["pictures"]] for group in groups] == [
        [(str(p.hit.path), p.match) for p in group.pictures] for group in expected
    ]
    for group in groups:
        best, other = group["pictures"]
        assert best["match"] == "best" and best["reasons"] and not best["spare"] and other["spare"]
        assert best["thumb"] and other["folder"]
    reasons = {p["name"]: p["reasons"] for group in groups for p in group["pictures"]}
    assert "the same bytes" in reasons["=cmd of a car.jpg"] or "the same bytes" in reasons["car-red.jpg"]
    assert any("fewer pixels" in reason for reason in reasons["small.jpg"])
    assert "the most pixels" in reasons["cup-white.jpg"]


def test_the_list_is_a_file(doubled: Path, client: TestClient, look: Callable[..., dict[str, Any]]) -> None:
    look()
    spare = client.get(f"{DUPLICATES}/list", params={"format": "txt"})
    assert "attachment" in spare.headers["content-disposition"]
    assert len(spare.text.splitlines()) == 2 and all(Path(line).exists() for line in spare.text.splitlines())
    text = client.get(f"{DUPLICATES}/list", params={"format": "csv", "what": "all"}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["group"] for row in rows] == ["1", "1", "2", "2"] and {row["spare"] for row in rows} == {"yes", "no"}
    assert str(doubled / "=cmd of a car.jpg") in {row["path"] for row in rows}
    assert doubled.joinpath("=cmd of a car.jpg").exists()


def test_found_once_for_a_state_of_the_library(
    doubled: Path, samples: Path, client: TestClient, look: Callable[..., dict[str, Any]]
) -> None:
    look()
    cursor = client.get(DUPLICATES, params={"limit": 1}).json()["cursor"]
    assert client.post(DUPLICATES, json={}).status_code == 200  # at once
    exact = look(exact=True)
    assert exact["groups"] == 1
    gone = client.get(DUPLICATES, params={"cursor": cursor})
    assert gone.status_code == 410 and "anew" in gone.json()["error"]
    (doubled / "more.jpg").write_bytes((SAMPLES / "car-red.jpg").read_bytes())
    with clipsearch.open(samples) as library:
        library.index([doubled])
    assert client.get(f"{DUPLICATES}/state").json()["stale"]
    assert look(exact=True)["groups"] == 1


def test_a_folder_is_looked_through_alone(
    doubled: Path, client: TestClient, look: Callable[..., dict[str, Any]]
) -> None:
    assert look(folders=["2:"])["groups"] == 0  # each file's other one is in the other root
    for folder in ("nowhere", "x:y", "1"):
        refused = client.post(DUPLICATES, json={"folders": [folder]})
        assert refused.status_code == 400 and refused.json()["error"]
    assert "no root 99" in look(folders=["99:a"])["error"]


def test_a_picture_that_is_gone_from_the_library_is_left_out(
    doubled: Path, samples: Path, client: TestClient, look: Callable[..., dict[str, Any]]
) -> None:
    look()
    (doubled / "=cmd of a car.jpg").unlink()
    with clipsearch.open(samples) as library:
        library.index([doubled])
    assert [len(page) for page in pages(client, 50)] == [1]


def test_a_search_is_stopped(doubled: Path, client: TestClient, look: Callable[..., dict[str, Any]]) -> None:
    client.post(DUPLICATES, json={})
    client.post(f"{DUPLICATES}/stop")
    state = look_at_end(client)
    assert state["state"] in ("stopped", "done")
    assert look()["state"] == "done"


def look_at_end(client: TestClient) -> dict[str, Any]:
    """Wait for the end of a search, and return its state."""
    until = time.monotonic() + LONG
    while (state := client.get(f"{DUPLICATES}/state").json())["state"] == "running":
        assert time.monotonic() < until
        time.sleep(0.05)
    return dict(state)


def test_a_server_that_only_reads_looks_and_remembers_nothing(doubled: Path, samples: Path) -> None:
    with TestClient(make_app(OpenLibrary(samples, read_only=True)), base_url="http://127.0.0.1:8765") as asking:
        assert asking.post(DUPLICATES, json={}).status_code in (200, 202)
        assert look_at_end(asking)["groups"] == 2
    with open_library(samples) as library:
        assert library.store.db.execute("SELECT count(*) FROM comparisons").fetchone()[0] == 0


def test_bad_cursors_are_refused(doubled: Path, client: TestClient, look: Callable[..., dict[str, Any]]) -> None:
    look()
    for cursor in ("x", "a-b", "-1", "1"):
        assert client.get(DUPLICATES, params={"cursor": cursor}).status_code in (400, 410)
    assert client.get(f"{DUPLICATES}/list", params={"what": "everything"}).status_code == 422
