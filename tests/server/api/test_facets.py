"""Facets count what a search finds; each count is what choosing it finds."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import clipsearch

LONG = 600.0  # seconds that nothing takes, however busy the machine is


def counted(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/facets", json=body)
    assert answer.status_code == 200, answer.text
    facets: dict[str, Any] = answer.json()
    return facets


def total(client: TestClient, **body: Any) -> int:
    answer = client.post("/api/v1/search", json=body)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["matching"])


@pytest.fixture
def labelled(client: TestClient, samples: Path) -> TestClient:
    """A client of a library with a label set."""
    with clipsearch.open(samples) as library:
        list(library.label("cup,car", name="things", save=True))
    return client


@pytest.mark.parametrize(
    "search", [{}, {"filters": {"types": ["jpeg"]}}, {"terms": [{"text": "a car"}], "fold": False}]
)
def test_each_count_is_what_choosing_it_finds(labelled: TestClient, search: dict[str, Any]) -> None:
    facets = counted(labelled, **search)
    assert facets["total"] == total(labelled, **search) > 0 and facets["pending"] == []
    filters = search.get("filters", {})

    def chosen(**more: Any) -> int:
        if "terms" in search:  # the cut-off depends on what is searched among, so the matches are named
            matching = {
                hit["id"] for hit in labelled.post("/api/v1/search", json=search).json()["hits"] if hit["matches"]
            }
            hits = labelled.post("/api/v1/search", json={"filters": {**filters, **more}, "limit": 500}).json()["hits"]
            return len(matching & {hit["id"] for hit in hits})
        return total(labelled, filters={**filters, **more})

    for folder in facets["folders"]:
        assert chosen(folders=[folder["id"]]) == folder["count"]
        for inner in counted(labelled, **search, below=folder["id"])["folders"]:
            assert chosen(folders=[inner["id"]]) == inner["count"] and inner["id"].startswith(folder["id"])
    for camera in facets["cameras"]:
        assert chosen(cameras=[camera["name"]]) == camera["count"]
    for kind in facets["types"]:
        if filters.get("types", [kind["name"]]) == [kind["name"]]:
            assert chosen(types=[kind["name"]]) == kind["count"]
    (labels,) = facets["labels"]
    assert labels["set"] == "things" and labels["classes"]
    for label in labels["classes"]:
        assert chosen(labels=[f"things:{label['class']}"]) == label["count"]
    for name in ("dated", "placed"):
        assert chosen(**{name: True}) == facets[name]["yes"] and chosen(**{name: False}) == facets[name]["no"]
    for year in facets["years"]:
        assert chosen(after=str(year["year"]), before=str(year["year"] + 1)) == year["count"]
        assert sum(month["count"] for month in year["months"]) <= year["count"]


def test_labels_that_change_are_counted_anew(labelled: TestClient, samples: Path) -> None:
    before = counted(labelled)["labels"]
    with clipsearch.open(samples) as library:
        list(library.label("dog,tree", name="more", save=True))
    after = counted(labelled)["labels"]
    assert [one["set"] for one in after] == ["things", "more"] and after[0] == before[0]


def test_what_takes_long_comes_later(labelled: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.api.facets.FEW", 0)
    waiting = counted(labelled)
    assert waiting["pending"] and not (waiting["labels"] and waiting["places"])
    until = time.monotonic() + LONG
    while (facets := counted(labelled))["pending"]:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert facets["labels"]


@pytest.mark.parametrize(("below", "status"), [("1:nowhere", 200), ("99:", 200), ("x", 400), ("1:\0", 400)])
def test_below_an_odd_folder(client: TestClient, below: str, status: int) -> None:
    answer = client.post("/api/v1/facets", json={"below": below})
    assert answer.status_code == status
    assert answer.json()["folders"] == [] if status == 200 else answer.json()["error"]
