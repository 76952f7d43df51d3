"""Tests of search.places.nearest: the place and country of points, also at borders, the date line and the poles."""

from __future__ import annotations

import numpy as np
import pytest

from search.places.gazetteer import open_gazetteer
from search.places.globe import chord, in_space
from search.places.nearest import FAR, METRES_A_ROOT, NEAR, whereabouts
from search.places.tables import Gazetteer


@pytest.fixture
def gazetteer() -> Gazetteer:
    return open_gazetteer()


@pytest.mark.parametrize(
    ("point", "place", "country"),
    [
        ((48.8584, 2.2945), "Paris, France", "France"),  # the Eiffel Tower, as near to the centre of Neuilly
        ((48.8049, 2.1204), "Versailles, France", "France"),
        ((35.69, 139.70), "Tokyo, Japan", "Japan"),  # Shinjuku
        ((40.758, -73.985), "New York City, New York, United States", "United States"),
        ((47.5596, 7.5886), "Basel, Switzerland", "Switzerland"),
        ((47.594, 7.622), "Weil am Rhein, Germany", "Germany"),  # 5 km from Basel, which is larger
        ((-4.2634, 15.2429), "Brazzaville, Republic of the Congo", "Republic of the Congo"),  # Kinshasa is as near
        ((-16.8, 179.99), None, "Fiji"),
        ((-16.8, -179.99), None, "Fiji"),
        ((66.5, -179.9), "Egvekinot, Russia", "Russia"),
        ((23.0, 10.0), None, "Algeria"),  # the Sahara
        ((30.0, -40.0), None, None),  # the Atlantic
        ((90.0, 0.0), None, None),
        ((-90.0, 123.0), None, None),
    ],
)
def test_where_a_point_is(
    gazetteer: Gazetteer, point: tuple[float, float], place: str | None, country: str | None
) -> None:
    found = whereabouts(gazetteer, np.array([point]))
    places, countries = found.places.tolist(), found.countries.tolist()
    assert [gazetteer.label(number) if number >= 0 else None for number in places] == [place]
    assert [gazetteer.about.countries[number][2] if number >= 0 else None for number in countries] == [country]


def test_all_that_is_found_is_what_looking_at_every_place_finds(gazetteer: Gazetteer) -> None:
    rng = np.random.default_rng(7)
    near = gazetteer.places[rng.integers(0, len(gazetteer.places), 200)]
    towns = np.stack([near["latitude"], near["longitude"]], axis=1) + rng.normal(size=(200, 2)) * 0.1
    anywhere = np.stack([rng.uniform(-90, 90, 100), rng.uniform(-180, 180, 100)], axis=1)
    points = np.round(np.clip(np.concatenate([towns, anywhere]), [-90, -180], [90, 180]), 3)
    found = whereabouts(gazetteer, points)
    spots = gazetteer.places["spot"].astype(np.float64)
    for number, here in enumerate(in_space(points)):
        squares = ((spots - here) ** 2).sum(axis=1)
        nearest = int(squares.argmin())
        country = gazetteer.places["country"][nearest]
        weighed = squares - METRES_A_ROOT**2 * gazetteer.places["population"]
        weighed[gazetteer.places["country"] != country] = np.inf
        is_near, is_far = (squares[nearest] <= chord(metres) ** 2 for metres in (NEAR, FAR))
        assert found.places[number] == (weighed.argmin() if is_near else -1)
        assert found.countries[number] == (country if is_far else -1)


def test_no_points(gazetteer: Gazetteer) -> None:
    found = whereabouts(gazetteer, np.empty((0, 2)))
    assert len(found.places) == len(found.countries) == len(found.regions) == 0
