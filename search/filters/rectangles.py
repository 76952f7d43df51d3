"""Rectangles on the globe, as a map gives them: south, west, north and east in degrees."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

from indexer.arguments import shown
from indexer.errors import InvalidRequest
from search.filters.coordinates import Box

LONGEST = 120  # characters

_NUMBERS = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)" + r"\s*[,;\s]\s*([+-]?\d+(?:\.\d+)?)" * 3 + r"\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rectangle:
    """What lies between two parallels and, going east from the first, between two meridians."""

    south: float
    west: float
    north: float
    east: float  # less than `west` for one that crosses the date line

    def __str__(self) -> str:
        return ",".join(f"{degrees:.9g}" for degrees in (self.south, self.west, self.north, self.east))

    @property
    def box(self) -> Box:
        """The same as spans of longitudes, two across the date line."""
        if self.west <= self.east:
            return Box(self.south, self.north, ((self.west, self.east),))
        return Box(self.south, self.north, ((self.west, 180.0), (-180.0, self.east)))


def parse_rectangle(value: str | Sequence[float] | Rectangle) -> Rectangle:
    """Return the rectangle of "47.5,8,48,9" or four numbers: south, west, north, east.

    Raises InvalidRequest for anything else, and for one with its south above its north or out of range.
    """
    if isinstance(value, Rectangle):
        numbers = [value.south, value.west, value.north, value.east]
    elif isinstance(value, str):
        match = _NUMBERS.fullmatch(value) if len(value) <= LONGEST else None
        numbers = [float(number) for number in match.groups()] if match else []
    else:
        numbers = _numbers(value)
    if len(numbers) != 4:
        raise InvalidRequest(
            f"A box is south, west, north and east in degrees, such as 47.5,8,48,9, not {shown(value)}."
        )
    return _checked(*numbers)


def _numbers(value: object) -> list[float]:
    """Return the numbers of a sequence; none for anything else in it."""
    parts = list(value) if isinstance(value, list | tuple) else []
    real = [part for part in parts if isinstance(part, Real) and not isinstance(part, bool)]
    try:
        return [float(part) for part in real] if len(real) == len(parts) else []
    except OverflowError:
        return []


def _checked(south: float, west: float, north: float, east: float) -> Rectangle:
    """Return a rectangle; raises InvalidRequest for one that is nowhere."""
    rectangle = Rectangle(south, west, north, east)
    if not (-90 <= south <= 90 and -90 <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
        raise InvalidRequest(f"{rectangle} is nowhere: latitudes are -90 to 90, longitudes -180 to 180.")
    if south > north:
        raise InvalidRequest(
            f"{rectangle} is empty: a box is south, west, north, east, and its south is above its north."
        )
    return rectangle
