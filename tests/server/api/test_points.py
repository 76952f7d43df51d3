"""The map and the plane hold the points of what is searched for, and a lasso filters by them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from search.plane import plane
from search.plane.lasso import inside
from search.progress import Progress
from server.opened import plane_making
from server.opened.plane_making import PlaneMaking
from tests.server.api.binary_answers import laid_out, points


@pytest.mark.parametrize("body", [{}, {"filters": {"types": ["jpeg"]}}, {"terms": [{"text": "a car"}], "fold": False}])
def test_the_map_has_what_matches_and_has_a_place(client: TestClient, body: dict[str, Any]) -> None:
    ids, places, _ = points(client, "map", **body)
    found = client.post("/api/v1/search", json={**body, "limit": 500}).json()
    expected = {
        hit["id"]: (hit["latitude"], hit["longitude"])
        for hit in found["hits"][: found["matching"]]
        if hit["latitude"] is not None
    }
    assert sorted(ids) == sorted(expected)
    for image, place in zip(ids, places, strict=True):
        assert place == pytest.approx(expected[image], abs=1e-4)


def test_a_box_on_the_map_is_a_filter(client: TestClient) -> None:
    ids, places, _ = points(client, "map")
    assert ids, "some samples have a place"
    south, west = min(place[0] for place in places) - 1, min(place[1] for place in places) - 1
    north, east = max(place[0] for place in places) + 1, max(place[1] for place in places) + 1
    box = [max(south, -90), max(west, -180), min(north, 90), min(east, 180)]
    assert sorted(laid_out(client, filters={"box": box})[1]) == sorted(ids)
    refused = client.post("/api/v1/layout", json={"filters": {"box": [10, 0, -10, 0]}})
    assert refused.status_code == 400 and "is empty" in refused.json()["error"]


def test_the_plane_has_all_that_pass(client: TestClient) -> None:
    ids, places, headers = points(client, "plane")
    everything = laid_out(client)[1]
    assert sorted(ids) == sorted(everything) and 0 < float(headers["x-explained"]) <= 1
    assert points(client, "plane", terms=[{"text": "a car"}])[0] == ids
    some, few, _ = points(client, "plane", filters={"types": ["jpeg"]})
    assert sorted(some) == sorted(laid_out(client, filters={"types": ["jpeg"]})[1])
    assert dict(zip(some, few, strict=True)).items() <= dict(zip(ids, places, strict=True)).items()


def test_a_large_plane_is_made_while_someone_asks_again(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.api.points.FEW", 5)
    monkeypatch.setattr("search.plane.plane.kept_path", lambda store, kind: None)
    begun, seen = threading.Event(), threading.Event()

    def slow(blocks: Iterable[Any], progress: Progress, first: int, total: int) -> Iterator[Any]:
        for block in told(blocks, progress, first, total):
            begun.set()
            assert seen.wait(60)
            yield block

    told = plane._told
    monkeypatch.setattr(plane, "_told", slow)
    assert client.post("/api/v1/plane", json={}).status_code == 202
    assert begun.wait(60)
    answer = client.post("/api/v1/plane", json={})
    assert answer.status_code == 202 and answer.json()["total"] > 5
    seen.set()
    until = time.monotonic() + 60
    while (answer := client.post("/api/v1/plane", json={})).status_code == 202 and time.monotonic() < until:
        pass
    assert answer.status_code == 200


def test_a_plane_that_nobody_looks_at_is_not_made_any_further(monkeypatch: pytest.MonkeyPatch) -> None:
    making = PlaneMaking()

    def make(progress: Progress) -> None:
        progress(1, 10)
        assert (making.done, making.total) == (1, 10)
        monkeypatch.setattr(plane_making, "GONE_SECONDS", -1.0)
        progress(2, 10)
        pytest.fail("made for nobody")

    making.make(make)
    making.ask()  # which raises nothing: that was no failure
    making.make(lambda progress: progress(1 // 0, 1))
    with pytest.raises(ZeroDivisionError):
        making.ask()
    making.ask()


def test_a_lasso_is_a_filter_everywhere(client: TestClient) -> None:
    import numpy as np

    ids, places, _ = points(client, "plane")
    middle = sorted(place[0] for place in places)[len(places) // 2]
    lasso = [[middle, -9.0], [9.0, -9.0], [9.0, 9.0], [middle, 9.0]]
    is_in = inside(np.array(places, dtype=np.float32), [(x, y) for x, y in lasso])
    expected = sorted(image for image, wanted in zip(ids, is_in.tolist(), strict=True) if wanted)
    assert 0 < len(expected) < len(ids)
    filters = {"lasso": lasso}
    assert sorted(laid_out(client, filters=filters)[1]) == expected
    assert sorted(points(client, "plane", filters=filters)[0]) == expected
    assert client.post("/api/v1/facets", json={"filters": filters}).json()["total"] == len(expected)
    search = {"terms": [{"text": "a car"}], "cutoff": "none", "fold": False, "filters": filters}
    assert sorted(laid_out(client, **search)[1]) == expected
    both = laid_out(client, filters={"lasso": lasso, "types": ["png"]})[1]
    assert set(both) == set(expected) & set(laid_out(client, filters={"types": ["png"]})[1])


@pytest.mark.parametrize("lasso", [[[0, 0], [1, 1]], [[0, 0]] * 201, [[0, "x"]] * 3, [[0, None]] * 3, "all"])
def test_what_is_no_lasso_is_refused(client: TestClient, lasso: Any) -> None:
    answer = client.post("/api/v1/plane", json={"filters": {"lasso": lasso}})
    assert answer.status_code == 422 and answer.json()["error"]
