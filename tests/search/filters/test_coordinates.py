"""Tests of search/filters/coordinates.py."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.errors import InvalidRequest
from search.filters.coordinates import (
    EARTH_RADIUS,
    Coordinates,
    box_around,
    distances,
    parse_coordinates,
    parse_radius,
    shown_radius,
)
from tests.bounded import grows_linearly

PARIS = (48.85, 2.35)
DEGREE = np.pi * EARTH_RADIUS / 180  # metres of a degree on a great circle


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("48.85,2.35", PARIS),
        (" 48.85, 2.35 ", PARIS),
        ("48.85 2.35", PARIS),
        ("48.85;2.35", PARIS),
        ("+48.85,+2.35", PARIS),
        ("-33.86,151.2", (-33.86, 151.2)),
        ("48,2", (48, 2)),
        ("90,-180", (90, -180)),
        ("48.85N 2.35E", PARIS),
        ("48.85n,2.35e", PARIS),
        ("2.35E 48.85N", PARIS),
        ("N48.85 E2.35", PARIS),
        ("33.86S 151.2E", (-33.86, 151.2)),
        ("S 33.86, W 70.5", (-33.86, -70.5)),
        ("48°51'N 2°21'E", PARIS),
        ("48° 51' N, 2° 21' E", PARIS),
        ("48°51\u2032N 2°21\u2032E", PARIS),
        ("48°51'0\"N 2°21'0\"E", PARIS),
        ("48°51\u203200\u2033N 2°21\u203200\u2033E", PARIS),
        ("48°30'36\"S 2°0'36\"W", (-48.51, -2.01)),
        ("N 48°51' E 2°21'", PARIS),
        ("48.85° N, 2.35° E", PARIS),
        ("+48.85+002.35/", PARIS),
        ("-33.8600+151.2000", (-33.86, 151.2)),
        ("+48.85+002.35+035.2/", PARIS),
    ],
)
def test_coordinates_as_people_write_them(text: str, place: tuple[float, float]) -> None:
    point = parse_coordinates(text)
    assert point is not None
    assert (point.latitude, point.longitude) == pytest.approx(place)


@pytest.mark.parametrize(
    "text", ["", "Paris", "photo.jpg", "48.85", "48,85 2,35", "1,2,3", "nan,nan", "1e5,2", "48.85,"]
)
def test_what_is_no_coordinates(text: str) -> None:
    assert parse_coordinates(text) is None


@pytest.mark.parametrize("text", ["90.1,0", "151.2,-33.86", "0,180.5", "-91,0", "91N 2E", "+99.0+002.35/"])
def test_what_is_on_no_globe(text: str) -> None:
    with pytest.raises(InvalidRequest, match="is nowhere: the latitude comes first"):
        parse_coordinates(text)


@pytest.mark.parametrize("text", ["48N 2N", "48E 2W", "48°60'N 2°21'E", "48°51'61\"N 2°21'E"])
def test_letters_that_do_not_go_together_and_too_many_minutes(text: str) -> None:
    with pytest.raises(InvalidRequest, match="is nowhere; give one of N and S"):
        parse_coordinates(text)


@pytest.mark.parametrize(
    ("text", "metres"),
    [("5km", 5000), ("5 km", 5000), ("2.5KM", 2500), ("800m", 800), ("3mi", 4828.032), ("0.5 Mi", 804.672)],
)
def test_a_radius_has_a_unit(text: str, metres: float) -> None:
    assert parse_radius(text) == pytest.approx(metres)


@pytest.mark.parametrize("text", ["5", "", "km", "-5km", "0km", "5 miles away", "5ft", "1e3m", "5,5km"])
def test_a_radius_without_one_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="no radius; write it with its unit"):
        parse_radius(text)


def test_a_radius_and_a_place_are_shown_for_people() -> None:
    assert [shown_radius(metres) for metres in (800, 5000, 2500, 4828.032)] == ["800 m", "5 km", "2.5 km", "4.82803 km"]
    assert str(Coordinates(48.85, 2.35)) == "48.85,2.35"


def test_distances_known_from_geometry() -> None:
    places = np.array([[48.85, 2.35], [49.85, 2.35], [-48.85, -177.65], [90, 77]])
    expected = [0, DEGREE, 180 * DEGREE, (90 - 48.85) * DEGREE]
    assert distances(Coordinates(*PARIS), places) == pytest.approx(expected)


def test_the_distance_from_paris_to_new_york() -> None:
    # 5,837 km by the haversine formula on a sphere, for these very coordinates (5,853 km on the ellipsoid)
    found = distances(Coordinates(48.8566, 2.3522), np.array([[40.7128, -74.006]]))
    assert found[0] / 1000 == pytest.approx(5837, abs=1)


def test_the_distance_across_the_date_line_is_the_short_way() -> None:
    assert distances(Coordinates(0, 179.5), np.array([[0, -179.5]])) == pytest.approx([DEGREE])


def circle(point: Coordinates, metres: float, count: int = 720) -> np.ndarray:
    """Return points (count, 2) on the circle, by the formula for a destination from a bearing."""
    bearing, angle = np.linspace(0, 2 * np.pi, count), metres / EARTH_RADIUS
    own, sin, cos = np.radians(point.latitude), np.sin, np.cos
    latitude = np.arcsin(np.clip(sin(own) * cos(angle) + cos(own) * sin(angle) * cos(bearing), -1, 1))
    east = np.arctan2(sin(bearing) * sin(angle) * cos(own), cos(angle) - sin(own) * sin(latitude))
    longitude = (point.longitude + np.degrees(east) + 180) % 360 - 180
    return np.column_stack([np.degrees(latitude), longitude])


@pytest.mark.parametrize("metres", [1, 5_000, 300_000, 3_000_000, 9_000_000, 15_000_000])
@pytest.mark.parametrize(
    "point",
    [
        Coordinates(*PARIS),
        Coordinates(0, 179.99),
        Coordinates(-17.7, -179.9),
        Coordinates(71, 25),
        Coordinates(89.99, 10),
        Coordinates(-90, 0),
    ],
)
def test_a_circle_is_in_its_box(point: Coordinates, metres: float) -> None:
    box = box_around(point, metres)
    for latitude, longitude in circle(point, metres):
        assert box.south <= latitude <= box.north
        assert not box.meridians or any(west <= longitude <= east for west, east in box.meridians)


def test_a_box_is_not_larger_than_it_must_be() -> None:
    box = box_around(Coordinates(60, 20), DEGREE)
    assert (box.south, box.north) == pytest.approx((59, 61), abs=1e-6)
    ((west, east),) = box.meridians
    assert west == pytest.approx(circle(Coordinates(60, 20), DEGREE, 100_000)[:, 1].min(), abs=1e-6)
    assert 2 < east - 20 < 2.001  # a little more than two degrees: half as long at 60 degrees north


def test_a_box_across_the_date_line_has_two_spans_and_one_at_a_pole_is_all_around() -> None:
    assert box_around(Coordinates(0, 179.5), DEGREE).meridians == (
        (pytest.approx(178.5, abs=1e-6), 180.0),
        (-180.0, pytest.approx(-179.5, abs=1e-6)),
    )
    assert box_around(Coordinates(0, -179.5), DEGREE).meridians == (
        (pytest.approx(179.5, abs=1e-6), 180.0),
        (-180.0, pytest.approx(-178.5, abs=1e-6)),
    )
    assert box_around(Coordinates(89.5, 0), DEGREE).meridians == ()
    assert box_around(Coordinates(0, 0), 100 * DEGREE).meridians == ()


# These took the square or more of the text's length: a path may be asked for, and be as long as paths are.
@pytest.mark.parametrize(
    "text", ["'1' * n", "'1' + ' ' * n + 'x'", "'N' + '1 ' * n", "'1.1' * n", "'48.85N' + ' ' * n"]
)
def test_coordinates_without_end_are_none_at_once(text: str) -> None:
    assert grows_linearly(
        f"""
from indexer.errors import InvalidRequest
from search.filters.coordinates import parse_coordinates, parse_radius
def parse(text):
    assert parse_coordinates(text) is None
    try:
        parse_radius(text)
    except InvalidRequest as reason:
        assert len(str(reason)) < 200
compare(lambda n: {text}, parse, 100_000)
"""
    )
