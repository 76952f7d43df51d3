"""Where pictures stand on a sheet: in rows of one height, as a text's words, as high as a sheet has room for.

Pictures of one shape come to stand in columns, too; a row holds more portraits than panoramas. Nothing is enlarged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GAP = 8  # pixels around each picture
NUMBER_HEIGHT = 32  # pixels above each picture, for its number
LEAST_WIDTH = 48  # pixels of a picture's place, for its number
STEP = 4  # pixels between two heights that are tried

Size = tuple[int, int]


class Place(NamedTuple):
    """Where a picture stands; its number is above it."""

    left: int
    top: int
    width: int
    height: int


class Laid(NamedTuple):
    """A sheet's size, and the place of each picture."""

    width: int
    height: int
    places: list[Place]


def laid_in_rows(sizes: Sequence[Size], side: int) -> Laid:
    """Return the places of pictures, given their sizes, on a sheet of at most side x side pixels."""
    highest = min(max(height for _, height in sizes), side - NUMBER_HEIGHT - 2 * GAP)
    for height in range(highest, STEP, -STEP):
        laid = _laid(sizes, height, side)
        if laid.height <= side:
            return laid
    return _laid(sizes, STEP, side)


def _laid(sizes: Sequence[Size], height: int, side: int) -> Laid:
    """Return the places where each picture is at most so high, and a row as high as its highest."""
    places: list[Place] = []
    left, top, bottom, right = GAP, GAP, GAP, GAP
    for size in sizes:
        fitted = _within(size, side - 2 * GAP, height)
        room = max(fitted[0], LEAST_WIDTH) + GAP
        if left + room > side and left > GAP:
            left, top = GAP, bottom
        places.append(Place(left, top + NUMBER_HEIGHT, *fitted))
        left += room
        right, bottom = max(right, left), max(bottom, top + NUMBER_HEIGHT + fitted[1] + GAP)
    return Laid(right, bottom, places)


def _within(size: Size, width: int, height: int) -> Size:
    """Return the size that a picture has in a place; there is a pixel of it at least."""
    scale = min(1.0, width / size[0], height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
