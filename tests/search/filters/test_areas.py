"""Tests of search.filters.areas: pictures in a country or region."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.store.store import Store
from search.filters.areas import are_in, box_of
from search.filters.coordinates import Box
from search.places.gazetteer import open_gazetteer
from search.places.lookup import find_place
from search.places.named import Area
from tests.search.filters.rows import add, passing_ids

SPOTS = {
    "Paris": (48.85, 2.35),
    "Strasbourg": (48.58, 7.75),
    "Kehl": (48.573, 7.81),  # across the Rhine
    "Dallas": (32.78, -96.8),
    "Attu": (52.9, 173.0),  # Alaska beyond the date line, far from any place
    "Taveuni": (-16.8, -179.99),
    "Suva": (-18.14, 178.44),
    "Edinburgh": (55.95, -3.19),
    "London": (51.5, -0.12),
    "Anadyr": (64.73, 177.5),
    "Provideniya": (64.42, -173.23),
    "Svalbard": (78.22, 15.65),
}


@pytest.mark.parametrize(
    ("area", "names"),
    [
        ("France", ["Paris", "Strasbourg"]),
        ("Germany", ["Kehl"]),
        ("Fiji", ["Taveuni", "Suva"]),
        ("UK", ["Edinburgh", "London"]),
        ("Scotland", ["Edinburgh"]),
        ("Texas", ["Dallas"]),
        ("Russia", ["Anadyr", "Provideniya"]),
        ("Svalbard and Jan Mayen", ["Svalbard"]),
        ("Antarctica", []),
    ],
)
def test_pictures_in_an_area(store: Store, area: str, names: list[str]) -> None:
    ids = {name: add(store, f"{name}.jpg", latitude=at[0], longitude=at[1]) for name, at in SPOTS.items()}
    assert passing_ids(store, near=area) == [ids[name] for name in names]


def test_an_area_with_other_filters(store: Store) -> None:
    add(store, "old.jpg", latitude=48.85, longitude=2.35, taken_at="2019-07-04")
    new = add(store, "new.jpg", latitude=48.85, longitude=2.35, taken_at="2021-07-04")
    assert passing_ids(store, near="France", after=2020) == [new]


def test_the_box_of_an_area_holds_all_that_is_in_it() -> None:
    gazetteer = open_gazetteer()
    rng = np.random.default_rng(3)
    there = np.stack([gazetteer.places["latitude"], gazetteer.places["longitude"]], axis=1)
    points = there[rng.integers(0, len(there), 3000)] + rng.normal(size=(3000, 2))
    points = np.stack([np.clip(points[:, 0], -90, 90), (points[:, 1] + 180) % 360 - 180], axis=1)
    named = map(find_place, ("Bavaria", "Patagonia", "Siberia", "Galapagos", "Hawaii", "South Island"))
    areas = [area for area in named if isinstance(area, Area)]
    assert len(areas) == 6
    for number in range(0, len(gazetteer.about.countries), 5):
        areas.append(Area(gazetteer.about.countries[number][2], number))
    for area in areas:
        box = box_of(area)
        inside = points[are_in(area, points)]
        assert all(_is_in(box, *point) for point in inside), area


def _is_in(box: Box, latitude: float, longitude: float) -> bool:
    is_between = not box.meridians or any(west <= longitude <= east for west, east in box.meridians)
    return box.south <= latitude <= box.north and is_between


def test_the_box_of_a_country_on_the_date_line_is_narrow() -> None:
    fiji, russia = (box_of(area) for area in map(find_place, ("Fiji", "Russia")) if isinstance(area, Area))
    assert len(fiji.meridians) == 2 and fiji.meridians[0][0] > 170
    assert len(russia.meridians) == 2
