"""Tests of indexer.metadata.places."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from PIL.TiffImagePlugin import IFDRational

from indexer.metadata.places import EAST_WEST, NORTH_SOUTH, angle, place_of


@pytest.mark.parametrize(
    ("value", "reference", "expected"),
    [
        ((48.0, 51.0, 30.0), "N", 48.8583333),
        ((48.0, 51.0, 30.0), "s", -48.8583333),
        ((48.0, 51.0, 30.0), "North", 48.8583333),
        ((48.0, 51.0, 30.0), "south\0", -48.8583333),
        ((48.0, 51.5, 0.0), "N", 48.8583333),
        ((48.0, 51.5), "N", 48.8583333),
        ((48.8583333,), "N", 48.8583333),
        (48.8583333, "N", 48.8583333),
        (Fraction(97, 2), "S", -48.5),
        ((IFDRational(48), IFDRational(515, 10), IFDRational(0, 1)), "N", 48.8583333),
        # what was not measured is written as 0/0
        ((48.0, 51.5, IFDRational(0, 0)), "N", 48.8583333),
        ((48.8583333, IFDRational(0, 0), IFDRational(0, 0)), "N", 48.8583333),
        ((48.0, IFDRational(0, 0), IFDRational(0, 0)), "N", None),
        ((48.0, IFDRational(0, 0), 30.0), "N", None),
        ((IFDRational(0, 0),) * 3, "N", None),
        # seconds above 60 are what they are
        ((48.0, 50.0, 90.0), "N", 48.8583333),
        ((48.0, 51.0, 60.0), "N", 48.8666667),
        # a sign means the other hemisphere, whatever the reference
        ((-48.0, 51.0, 30.0), "S", -48.8583333),
        ((-48.0, -51.0, -30.0), "N", -48.8583333),
        (-48.8583333, None, -48.8583333),
        ((0.0, -30.0, 0.0), "N", -0.5),
        ((IFDRational(2**32 - 48), IFDRational(51), IFDRational(30)), "S", -48.8583333),  # stored without its sign
        # texts
        ("48,51.5N", None, 48.8583333),
        ("48,51,30N", None, 48.8583333),
        ("48.8583333S", None, -48.8583333),
        ("48° 51' 30\" N", None, 48.8583333),
        ("48 deg 51' 30.00\" South", None, -48.8583333),
        ("N 48.8583333", None, 48.8583333),
        ("48.8583333", "S", -48.8583333),
        ("+48.8583333", None, 48.8583333),
        # nonsense
        ((48.0, 51.0, 30.0), None, None),
        ((48.0, 51.0, 30.0), "?", None),
        ((48.0, 51.0, 30.0), "E", None),
        ((48.0, 99.0, 0.0), "N", None),
        ((48.0, 51.0, 3601.0), "N", None),
        ((), "N", None),
        ((math.nan, 1.0, 1.0), "N", None),
        ((math.inf,), "N", None),
        ("48.8583333", None, None),
        ("48,99N", None, None),
        ("here", "N", None),
        ("", "N", None),
    ],
)
def test_angles(value: Any, reference: str | None, expected: float | None) -> None:
    degrees = angle(value, reference, NORTH_SOUTH)
    assert degrees is expected is None or degrees == pytest.approx(expected, abs=1e-7)


def test_a_number_without_a_reference_where_none_is_needed() -> None:
    assert angle("48.5", None, NORTH_SOUTH, needs_reference=False) == 48.5
    assert angle("48.5E", None, NORTH_SOUTH, needs_reference=False) is None


def _parts(degrees: float) -> tuple[float, float, float]:
    minutes = degrees * 60 % 60
    return (float(int(degrees)), float(int(minutes)), minutes * 60 % 60)


WRITERS: dict[str, Callable[[float, str], tuple[Any, str | None]]] = {
    "degrees, minutes, seconds": lambda size, letter: (_parts(size), letter),
    "decimal minutes": lambda size, letter: ((float(int(size)), size * 60 % 60, 0.0), letter),
    "two parts": lambda size, letter: ((float(int(size)), size * 60 % 60), letter.lower()),
    "one part": lambda size, letter: ((size,), letter),
    "number": lambda size, letter: (size, letter),
    "word": lambda size, letter: (size, {"N": "North", "S": "south", "E": "East", "W": "west"}[letter]),
    "sign and reference": lambda size, letter: (-size if letter in "SW" else size, letter),
    "XMP": lambda size, letter: (f"{int(size)},{size * 60 % 60:.8f}{letter}", None),
    "XMP, seconds": lambda size, letter: ("{:.0f},{:.0f},{:.6f}".format(*_parts(size)) + letter, None),
    "XMP, degrees": lambda size, letter: (f"{size:.9f}{letter}", None),
    "signed text": lambda size, letter: (f"{'-' if letter in 'SW' else '+'}{size:.9f}", None),
    "more seconds": lambda size, letter: (
        (_parts(size)[0], max(0.0, _parts(size)[1] - 1), _parts(size)[2] + 60 * (_parts(size)[1] >= 1)),
        letter,
    ),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_place_in_every_spelling(writer: str) -> None:
    chance = random.Random(writer)
    for _ in range(50):
        for letters, limit in ((NORTH_SOUTH, 89.9), (EAST_WEST, 179.9)):
            size, letter = chance.uniform(0.01, limit), chance.choice(letters)
            written = WRITERS[writer](size, letter)
            expected = -size if letter in "SW" else size
            assert angle(*written, letters) == pytest.approx(expected, abs=1e-6), written


def test_places() -> None:
    assert place_of(48.85833333333, -2.25) == (48.8583333, -2.25)
    assert place_of(0.0, 5.0) == (0.0, 5.0)
    halves = [(None, 2.0), (48.0, None), (0.0, 0.0), (91.0, 1.0), (1.0, -181.0), (math.nan, 1.0), (1e-9, -1e-9)]
    assert [place_of(*half) for half in halves] == [None] * len(halves)
