"""Coordinates on the globe: how people write them, distances between them, and the box around a circle."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from search.places.globe import EARTH_RADIUS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST = 64  # characters; the longest forms have some 40
UNITS = {"m": 1.0, "km": 1000.0, "mi": 1609.344}
SLACK = 1e-7  # degrees, about a centimetre: rounding must not lose what lies on the edge of a box

_NUMBER = r"\d+(?:\.\d+)?"
_PLAIN = re.compile(rf"([+-]?{_NUMBER})\s*[,;\s]\s*([+-]?{_NUMBER})", re.ASCII)
_ISO_6709 = re.compile(rf"([+-]\d{{1,2}}(?:\.\d+)?)([+-]\d{{1,3}}(?:\.\d+)?)(?:[+-]{_NUMBER})?/?", re.ASCII)
_SIGNS = str.maketrans("\u2032\u2019\u2033\u201d", "''\"\"")  # primes and typographic quotes
_ANGLE = rf"({_NUMBER})\s*[°d]?\s*(?:({_NUMBER})\s*'\s*)?(?:({_NUMBER})\s*(?:\"|'')\s*)?"
_LETTERS_LAST = re.compile(rf"{_ANGLE}([NSEW])\s*[,;]?\s*{_ANGLE}([NSEW])", re.ASCII | re.I)
_LETTERS_FIRST = re.compile(rf"([NSEW])\s*{_ANGLE}\s*[,;]?\s*([NSEW])\s*{_ANGLE}", re.ASCII | re.I)
_RADIUS = re.compile(rf"({_NUMBER})\s*([a-z]+)", re.ASCII | re.I)


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A place on the globe, in degrees."""

    latitude: float  # north is positive, -90..90
    longitude: float  # east is positive, -180..180

    def __str__(self) -> str:
        return f"{self.latitude:.9g},{self.longitude:.9g}"


@dataclass(frozen=True, slots=True)
class Box:
    """The parallels and meridians that enclose a circle."""

    south: float
    north: float
    meridians: tuple[tuple[float, float], ...]  # spans from west to east; two across the date line, () all around


def parse_coordinates(text: str) -> Coordinates | None:
    """Return the coordinates that a text gives, or None if it gives none.

    Takes latitude and longitude in degrees, "48.85,2.35"; with letters in any order, 48.85N 2.35E or
    48°51'24"N 2°21'3"E; and ISO 6709, +48.85+002.35/. Raises InvalidRequest for coordinates out of range.
    """
    text = text.strip().translate(_SIGNS)
    if len(text) > LONGEST:
        return None
    if match := _PLAIN.fullmatch(text) or _ISO_6709.fullmatch(text):
        return checked_coordinates(float(match[1]), float(match[2]))
    if match := _LETTERS_LAST.fullmatch(text):
        groups = match.groups()
        return _lettered(text, (groups[3], groups[:3]), (groups[7], groups[4:7]))
    if match := _LETTERS_FIRST.fullmatch(text):
        groups = match.groups()
        return _lettered(text, (groups[0], groups[1:4]), (groups[4], groups[5:]))
    return None


def checked_coordinates(latitude: float, longitude: float) -> Coordinates:
    """Return coordinates; raises InvalidRequest if they are out of range."""
    if abs(latitude) <= 90 and abs(longitude) <= 180:
        return Coordinates(latitude, longitude)
    raise InvalidRequest(
        f"{latitude:g},{longitude:g} is nowhere: the latitude comes first and is -90 to 90, the longitude -180 to 180."
    )


_Angle = tuple[str, tuple[str | None, ...]]


def _lettered(text: str, first: _Angle, second: _Angle) -> Coordinates:
    """Return the coordinates of two angles with their letters."""
    degrees = {letter.upper(): _degrees(parts) for letter, parts in (first, second)}
    signed = {
        axis: sign * degrees[letter]
        for axis, letter, sign in (("lat", "N", 1), ("lat", "S", -1), ("lon", "E", 1), ("lon", "W", -1))
        if letter in degrees
    }
    if len(signed) < 2 or any(float(part or 0) >= 60 for _, parts in (first, second) for part in parts[1:]):
        raise InvalidRequest(f"{text} is nowhere; give one of N and S, one of E and W, and minutes below 60.")
    return checked_coordinates(signed["lat"], signed["lon"])


def _degrees(parts: tuple[str | None, ...]) -> float:
    """Return degrees, minutes and seconds as degrees."""
    degrees, minutes, seconds = (float(part or 0) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


def parse_radius(text: str) -> float:
    """Return "800m", "5km" or "3 mi" in metres; raises InvalidRequest for anything else, such as one without a unit."""
    match = _RADIUS.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if match and (unit := UNITS.get(match[2].lower())) and float(match[1]) > 0:
        return float(match[1]) * unit
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    raise InvalidRequest(f'"{text}" is no radius; write it with its unit, m, km or mi, such as 5km.')


def shown_radius(metres: float) -> str:
    """Return a distance for people: "800 m", "5 km"."""
    return f"{metres:.6g} m" if metres < 1000 else f"{metres / 1000:.6g} km"


def shown_distance(metres: float) -> str:
    """Return how far something is, no more exactly than a camera knows: "80 m", "4.2 km", "310 km"."""
    if metres < 1000:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km" if metres < 99_950 else f"{metres / 1000:,.0f} km"


def box_around(centre: Coordinates, metres: float) -> Box:
    """Return the smallest box around a circle with this radius.

    A circle's meridians touch it at asin(sin(distance) / cos(latitude)) from its centre (the right spherical
    triangle of centre, pole and touching point), which is more than at the centre's own parallel; a circle that
    holds a pole touches them all.
    """
    angle = math.degrees(metres / EARTH_RADIUS)
    south, north = centre.latitude - angle - SLACK, centre.latitude + angle + SLACK
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), min(north, 90.0), ())
    sine = math.sin(math.radians(angle)) / math.cos(math.radians(centre.latitude))
    half = math.degrees(math.asin(min(1.0, sine))) + SLACK
    west, east = centre.longitude - half, centre.longitude + half
    if west < -180:
        return Box(south, north, ((west + 360, 180.0), (-180.0, east)))
    if east > 180:
        return Box(south, north, ((west, 180.0), (-180.0, east - 360)))
    return Box(south, north, ((west, east),))


def distances(centre: Coordinates, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the great-circle distances (n,) in metres from the centre to points (n, 2), latitude and longitude.

    The haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984, p. 159).
    """
    import numpy as np

    latitudes, longitudes = np.radians(points[:, 0]), np.radians(points[:, 1])
    latitude, longitude = math.radians(centre.latitude), math.radians(centre.longitude)
    north, east = np.sin((latitudes - latitude) / 2), np.sin((longitudes - longitude) / 2)
    haversine = north**2 + math.cos(latitude) * np.cos(latitudes) * east**2
    result: NDArray[np.float64] = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(haversine, 0.0, 1.0)))
    return result
