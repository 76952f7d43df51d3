"""The names of places are made by another process, while answers go without them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from indexer.store.store import Store
from server.opened.open_library import OpenLibrary
from server.opened.place_names import PlaceNames
from server.running.app import make_app
from tests.search.filters.rows import add
from tests.server.opened.conftest import HERE


@pytest.fixture
def opened(colours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenLibrary:
    """A library with a picture that was taken in Paris, on a machine that has no names of places yet."""
    with Store.open(colours) as store:
        add(store, "paris.jpg", latitude=48.8566, longitude=2.3522)
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "cache"))
    return OpenLibrary(colours)


@pytest.fixture
def client(opened: OpenLibrary) -> Iterator[TestClient]:
    """A client of its server."""
    with TestClient(make_app(opened), base_url=HERE) as asking:
        yield asking


def test_answers_go_without_names_until_they_are_there(client: TestClient, opened: OpenLibrary) -> None:
    first = client.post("/api/v1/facets", json={}).json()
    assert first["pending"] == ["places"] and first["places"] == first["countries"] == []
    assert client.get("/api/v1/map/towns").status_code == 202
    hits = client.post("/api/v1/search", json={}).json()["hits"]
    assert [hit["place"] for hit in hits if hit["latitude"]] == [None]
    near = client.post("/api/v1/search", json={"filters": {"near": "Paris"}}).json()  # which waits
    assert [hit["place"] for hit in near["hits"]] == ["Paris, France"]
    opened.place_names.wait()
    then = client.post("/api/v1/facets", json={}).json()
    assert then["pending"] == [] and then["places"] == [{"name": "Paris, France", "count": 1}]
    assert client.get("/api/v1/map/towns").status_code == 200


def test_where_no_process_can_be_started_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **options: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("server.children.child.Child", refused)
    names = PlaceNames()
    names.begin()
    names.wait()
    assert names.progress == "over"


def test_who_closes_it_ends_the_process(opened: OpenLibrary) -> None:
    opened.place_names.begin()
    assert opened.place_names.progress == "coming"
    opened.close()
    assert opened.place_names.progress == "over"
    opened.place_names.begin()  # begins nothing
