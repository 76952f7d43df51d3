"""Tests of indexer.colour.primaries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from indexer.colour import primaries
from indexer.colour.primaries import CODE_POINTS, Primaries, matrix_to_srgb, sensible
from tests.indexer.colour.making import TO_ADOBE, TO_BT2020, TO_P3


@pytest.mark.parametrize(
    ("known", "published"),
    [(primaries.BT2020, TO_BT2020), (primaries.DISPLAY_P3, TO_P3), (primaries.ADOBE_RGB, TO_ADOBE)],
)
def test_published_matrices(known: Primaries, published: Any) -> None:
    assert matrix_to_srgb(known) @ np.array(published) == pytest.approx(np.eye(3), abs=0.001)


@pytest.mark.parametrize("number", CODE_POINTS)
def test_white_stays_white(number: int) -> None:
    assert matrix_to_srgb(CODE_POINTS[number]) @ np.ones(3) == pytest.approx(np.ones(3), abs=1e-6)


def test_what_makes_no_sense() -> None:
    red, green, blue, white = primaries.SRGB
    for odd in (
        Primaries(red, red, red, white),
        Primaries(red, green, (0.47, 0.465), white),
        Primaries(red, green, blue, (0.3, 0.0)),
        Primaries((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)),
        Primaries((float("nan"), 0.3), green, blue, white),
    ):
        assert sensible(odd) is None


def test_rounded_numbers_are_those_of_the_space() -> None:
    assert sensible(Primaries((0.64001, 0.33), (0.3, 0.60001), (0.15, 0.06), (0.31271, 0.32902))) == primaries.SRGB
