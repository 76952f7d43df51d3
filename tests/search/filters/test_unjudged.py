"""Tests of search.filters.unjudged."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from indexer.store.store import Store
from search.filters.filters import make_filters
from search.filters.unjudged import count_unjudged
from tests.search.filters.rows import JULY, add


@pytest.fixture
def library(store: Store) -> Store:
    """Six pictures: three with a date, two with a place, two with neither, in two folders."""
    add(store, "a/0.jpg", taken_at=JULY, latitude=1.0, longitude=2.0)
    add(store, "a/1.jpg", taken_at="2021")
    add(store, "a/2.png", format="PNG")
    add(store, "b/3.jpg", taken_at=JULY)
    add(store, "b/4.png", format="PNG", latitude=1.0, longitude=2.0)
    add(store, "b/5.jpg")
    return store


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, {}),
        ({"types": "jpeg"}, {}),
        ({"after": "2021"}, {"date": 3}),
        ({"before": "1990"}, {"date": 3}),
        ({"near": "1,2"}, {"place": 4}),
        ({"near": "80,2", "radius": "1m", "after": "2021"}, {"place": 2, "date and place": 2}),
        ({"near": "1,2", "after": "2021"}, {"date": 1, "place": 2, "date and place": 2}),
        ({"near": "1,2", "after": "2022"}, {"date": 1, "date and place": 2}),
        ({"near": "80,2", "before": "1990", "types": "png"}, {"date and place": 1}),
        ({"after": "2021", "types": "jpeg"}, {"date": 1}),
        ({"after": "2021", "types": "png"}, {"date": 2}),
        ({"near": "1,2", "types": "png"}, {"place": 1}),
        ({"after": "2021", "folder": "/photos/a"}, {"date": 1}),
        ({"box": (0, 0, 2, 3)}, {"place": 4}),
        ({"box": (0, 0, 2, 3), "after": "2021"}, {"date": 1, "place": 2, "date and place": 2}),
        ({"box": (0, 0, 2, 3), "dated": False}, {"place": 2}),
        ({"after": "2021", "dated": True}, {}),
        ({"dated": True, "placed": False}, {}),
        ({"near": "1,2", "folder": "/photos/a", "types": "jpeg"}, {"place": 1}),
    ],
)
def test_counts(library: Store, wanted: dict[str, Any], expected: dict[str, int]) -> None:
    assert count_unjudged(library, make_filters(**wanted)) == expected


def test_nothing_to_say_where_all_have_one(store: Store) -> None:
    add(store, "0.jpg", taken_at=JULY)
    assert count_unjudged(store, make_filters(after="2022")) == {}


@pytest.mark.parametrize("seed", range(12))
def test_each_picture_is_counted_once_and_only_if_it_passes_the_other_filters(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    kinds: Counter[tuple[str, str]] = Counter()
    for number in range(40):
        when = chance.choice(["", JULY, "1999"])
        where = chance.choice(["", "near", "far"])
        dated: dict[str, Any] = {"taken_at": when} if when else {}
        placed: dict[str, Any] = {"latitude": 48.2 if where == "near" else -30.0, "longitude": 16.3} if where else {}
        add(store, f"{number}.jpg", **dated, **placed)
        kinds[when, where] += 1
    expected = {"date": kinds["", "near"], "place": kinds[JULY, ""], "date and place": kinds["", ""]}
    counts = count_unjudged(store, make_filters(after="2019", near="48.2,16.3"))
    assert counts == {name: count for name, count in expected.items() if count}


def test_counting_reads_only_indexes(library: Store) -> None:
    statements: list[str] = []
    library.db.conn.set_trace_callback(statements.append)
    count_unjudged(library, make_filters(after="2021"))
    count_unjudged(library, make_filters(near="1,2"))
    library.db.conn.set_trace_callback(None)
    steps = [row[3] for sql in statements for row in library.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    scans = [step for step in steps if "images" in step]
    assert len(scans) == 4 and all("COVERING INDEX" in scan for scan in scans)
    assert {name for name in ("images_taken_at", "images_place") if any(name in scan for scan in scans)} == {
        "images_taken_at",
        "images_place",
    }
