"""Tests of search.filters.rectangles, and of the filter by a box."""

from __future__ import annotations

import random
from typing import Any

import pytest

from indexer.errors import InvalidRequest
from indexer.store.store import Store
from search.filters.filters import describe, make_filters
from search.filters.rectangles import Rectangle, parse_rectangle
from tests.search.filters.rows import add, passing_ids


@pytest.mark.parametrize(
    "value", ["47.5,8,48,9", " 47.5, 8 ,48; 9", "47.5 8 48 9", (47.5, 8, 48, 9), [47.5, 8.0, 48.0, 9.0]]
)
def test_a_box_is_read(value: Any) -> None:
    assert parse_rectangle(value) == Rectangle(47.5, 8, 48, 9)
    assert str(parse_rectangle(value)) == "47.5,8,48,9"
    assert describe(make_filters(box=value)) == "in the box 47.5,8,48,9"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "South, west|south, west"),
        ("1,2,3", "not 1,2,3|south, west"),
        ("1,2,3,4,5", "south, west"),
        ("a,b,c,d", "south, west"),
        ("48,8,47,9", "is empty"),
        ("-91,0,0,0", "is nowhere"),
        ((0, 0, 0, 181), "is nowhere"),
        ((0, 0, float("nan"), 1), "is nowhere"),
        ((0, 0, 10**400, 1), "south, west"),
        ((True, 0, 1, 1), "south, west"),
        ({1: 2}, "south, west"),
        (5, "south, west"),
    ],
)
def test_what_is_no_box_is_refused(value: Any, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        make_filters(box=value)


def test_only_what_was_taken_inside_passes_also_across_the_date_line(store: Store) -> None:
    chance = random.Random(3)
    places = {
        add(store, f"{number}.jpg", latitude=chance.uniform(-90, 90), longitude=chance.uniform(-180, 180)): None
        for number in range(300)
    }
    places = {row[0]: row[1:] for row in store.db.execute("SELECT id, latitude, longitude FROM images")}
    add(store, "nowhere.jpg")
    add(store, "damaged.jpg", latitude="north", longitude=5.0)
    inside = [image for image, (lat, lon) in places.items() if -10 <= lat <= 60 and -20 <= lon <= 100]
    assert inside and passing_ids(store, box=(-10, -20, 60, 100)) == inside
    around = [image for image, (lat, lon) in places.items() if -10 <= lat <= 60 and (lon >= 100 or lon <= -20)]
    assert around and passing_ids(store, box="-10,100,60,-20") == around
    assert passing_ids(store, box=(-90, -180, 90, 180)) == list(places)
