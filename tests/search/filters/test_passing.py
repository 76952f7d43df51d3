"""Tests of search.filters.passing: which pictures pass one filter or several."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from indexer.errors import FolderError
from indexer.store.store import Store
from search.filters.coordinates import Coordinates, distances
from search.filters.filters import RADIUS, Filters, describe, make_filters
from search.filters.passing import EVERYTHING, Passing, matching_ids
from tests.fakes import ColourEncoder
from tests.search.filters.rows import add, passing_ids, random_library


def test_no_filter_is_none(store: Store) -> None:
    add(store, "a.jpg")
    assert make_filters() == Filters()
    assert matching_ids(store, Filters()) is None
    assert describe(Filters()) == ""


def test_a_filter_that_nothing_passes_gives_no_ids(store: Store) -> None:
    add(store, "a.jpg")
    assert passing_ids(store, after=2021) == []


@pytest.fixture
def placed(store: Store) -> Store:
    """Pictures 1 to 7, at places around the globe and nowhere."""
    places: list[tuple[float | None, float | None]] = [
        (48.85, 2.35),
        (48.89, 2.35),
        (48.99, 2.35),
        (0.0, 179.99),
        (0.0, -179.99),
        (89.99, 120.0),
        (None, None),
        (48.85, None),
    ]
    for number, (latitude, longitude) in enumerate(places):
        add(store, f"{number}.jpg", latitude=latitude, longitude=longitude)
    return store


@pytest.mark.parametrize(
    ("near", "radius", "ids"),
    [
        ("48.85,2.35", None, [1, 2]),
        ((48.85, 2.35), "4.4km", [1]),
        ([48.85, 2.35], "4.5km", [1, 2]),
        (Coordinates(48.85, 2.35), "1m", [1]),
        ("48°51'N 2°21'E", "10mi", [1, 2, 3]),
        ("0,180", "5km", [4, 5]),
        ("0,-180", "5km", [4, 5]),
        ("0,179.98", "2km", [4]),
        ("90,0", "5km", [6]),
        ("89.99,-60", "3km", [6]),
        ("-90,0", "5km", []),
        ("0,0", "30000km", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_near_is_a_circle_also_across_the_date_line_and_the_poles(
    placed: Store, near: Any, radius: str | None, ids: list[int]
) -> None:
    assert passing_ids(placed, near=near, radius=radius) == ids


def test_a_corner_of_the_box_is_not_in_the_circle(store: Store) -> None:
    add(store, "corner.jpg", latitude=0.08, longitude=0.08)
    assert passing_ids(store, near="0,0", radius="10km") == []
    assert passing_ids(store, near="0,0", radius="13km") == [1]


CHOICES: dict[str, list[Any]] = {
    "folder": ["/photos/a", ["/photos/b", "/scans"]],
    "after": ["2020-06"],
    "before": ["2021-03"],
    "camera": ["one", ["two", "three"]],
    "near": [(10.0, 20.0)],
    "label": ["cup"],
    "types": ["jpeg", "png,raw"],
    "min_size": ["500x300", "0.2mp", "5kb"],
}


def passes(row: dict[str, Any], name: str, value: Any) -> bool:
    """Say, without SQL, whether a picture passes one filter."""
    shorter, longer = sorted([row["width"], row["height"]])
    several = [value] if isinstance(value, str) else value
    match name:
        case "folder":
            return any(row["folder"].startswith(folder) for folder in several)
        case "after":
            return row["taken_at"] is not None and row["taken_at"] >= value
        case "before":
            return row["taken_at"] is not None and row["taken_at"] < value
        case "camera":
            camera = f"{row['camera_make'] or ''} {row['camera_model'] or ''}".lower()
            return any(part in camera for part in several)
        case "near":
            if row["latitude"] is None or row["longitude"] is None:
                return False
            return bool(distances(Coordinates(*value), np.array([[row["latitude"], row["longitude"]]]))[0] <= RADIUS)
        case "label":
            return bool(row["label"] == value)
        case "types":
            return row["format"] in {"jpeg": {"JPEG", "MPO"}, "png,raw": {"PNG", "DNG"}}[value]
    sides, pixels = longer >= 500 and shorter >= 300, longer * shorter >= 200_000
    return bool({"500x300": sides, "0.2mp": pixels, "5kb": row["size"] >= 5000}[value])


def test_filters_go_together_in_any_combination(store: Store, encoder: ColourEncoder) -> None:
    rows = random_library(store, encoder)
    choices = [(name, value) for name, values in CHOICES.items() for value in values]
    passing = [{row["id"] for row in rows if passes(row, *choice)} for choice in choices]
    counts = set()
    for some in itertools.chain.from_iterable(itertools.combinations(range(len(choices)), n) for n in (1, 2, 3)):
        wanted = dict(choices[number] for number in some)
        if len(wanted) == len(some):
            expected = sorted(set.intersection(*(passing[number] for number in some)))
            assert passing_ids(store, **wanted) == expected, wanted
            counts.add(len(expected))
    assert len(counts) > 50


def test_passing_tells_everything_from_nothing(store: Store) -> None:
    ids = np.array([add(store, f"{number}.jpg", size=number) for number in range(5)])
    everything, nothing = Passing.of(store, Filters()), Passing.of(store, make_filters(min_size="1MB"))
    some = Passing.of(store, make_filters(min_size="3b"))
    assert everything == EVERYTHING and everything.is_everything and not everything.is_nothing
    assert nothing.is_nothing and not nothing.is_everything and not some.is_nothing and not some.is_everything
    assert (everything.count, some.count, nothing.count) == (None, 2, 0)
    assert everything.listed(store) == ids.tolist()
    assert (some.listed(store), nothing.listed(store)) == (ids[3:].tolist(), [])
    assert all(type(image) is int for image in some.listed(store)), "as JSON and SQLite take them"


def test_a_mask_tells_which_ids_pass_in_any_order(store: Store) -> None:
    for number in range(5):
        add(store, f"{number}.jpg", size=number)
    asked = np.array([5, 1, 4, 99])
    assert Passing.of(store, make_filters(min_size="3b")).mask(asked).tolist() == [True, False, True, False]
    assert not Passing.of(store, make_filters(min_size="1MB")).mask(asked).any()
    assert EVERYTHING.mask(asked).all()


def test_a_filter_that_makes_no_sense_raises_before_anything_is_searched(store: Store) -> None:
    add(store, "a.jpg")
    with pytest.raises(FolderError, match="No picture in the library"):
        Passing.of(store, make_filters(folder="/elsewhere"))
