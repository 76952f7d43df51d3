"""Tests of search.query.coloured: what colours do to the cut-off, on pictures made up of things and colours."""

from __future__ import annotations

import math

import numpy as np
import pytest

from indexer.arrays import FloatArray, unit_rows
from search.query.coloured import Judged, lowest_coloured
from search.query.cutoff import NO_MATCH, lowest_match

THINGS, COLOURS = 64, 3
CAR, DOG = range(2)
RED, BLUE, GREEN = range(COLOURS)


def row(thing: int, colours: dict[int, float], length: float) -> FloatArray:
    """Return a unit row of a thing and its colours, these with a length."""
    random = np.random.default_rng(thing)
    found = np.zeros(THINGS + COLOURS, np.float32)
    found[:THINGS] = random.normal(size=THINGS)
    found[:THINGS] *= math.sqrt(1 - length**2) / np.linalg.norm(found[:THINGS])
    for colour, share in colours.items():
        found[THINGS + colour] = share
    if colours:
        found[THINGS:] *= length / np.linalg.norm(found[THINGS:])
    return found


def matching(query: FloatArray, pictures: list[FloatArray]) -> list[int]:
    """Return which pictures match a query, the best first."""
    vectors = np.stack(pictures)
    order = np.argsort(-(vectors @ query), kind="stable")
    scores, vectors = (vectors @ query)[order], vectors[order]
    noise = np.random.default_rng(99).normal(size=(40, THINGS)).astype(np.float32)
    background = np.concatenate([unit_rows(noise), np.zeros((40, COLOURS), np.float32)], axis=1)
    lowest = lowest_match(query, scores, vectors, background)
    lowest = lowest_coloured(Judged(query, scores, vectors, background), lowest, COLOURS)
    return [int(index) for index, score in zip(order, scores, strict=True) if score >= lowest]


RED_CAR, BLUE_CAR = row(CAR, {RED: 0.9, BLUE: 0.1}, 0.3), row(CAR, {BLUE: 1.0}, 0.3)
RED_DOG, GREEN_DOG = row(DOG, {RED: 1.0}, 0.3), row(DOG, {GREEN: 1.0}, 0.3)
PICTURES = [RED_CAR, BLUE_CAR, RED_DOG, GREEN_DOG]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (row(CAR, {}, 0), [1, 0]),
        (row(CAR, {RED: 1}, 0.67), [0]),
        (row(CAR, {GREEN: 1}, 0.67), []),
        (row(DOG, {BLUE: 1}, 0.67), []),
        (row(CAR, {GREEN: 1}, 0.5), [1, 0]),  # in a long text, where colours count less
        (row(7, {RED: 1}, 0.95), [0, 2]),
        (row(7, {RED: 1, BLUE: 1}, 0.95), [0, 1, 2]),
        (row(7, {GREEN: 1}, 0.95), [3]),
    ],
)
def test_what_matches_is_the_thing_and_has_the_colours(query: FloatArray, expected: list[int]) -> None:
    assert sorted(matching(query, PICTURES)) == sorted(expected)


def test_right_ones_below_the_last_are_not_cut_off() -> None:
    query = row(CAR, {RED: 1}, 0.67)
    pictures = np.stack([RED_CAR] * 5)
    judged = Judged(query, pictures @ query, pictures, np.zeros((0, THINGS + COLOURS), np.float32))
    assert lowest_coloured(judged, 0.1, COLOURS) == 0.1
    assert lowest_coloured(judged, NO_MATCH, COLOURS) == NO_MATCH


def test_no_pictures_have_no_colours() -> None:
    nothing = np.zeros((0, THINGS + COLOURS), np.float32)
    assert lowest_coloured(Judged(RED_CAR, nothing[:, 0], nothing, nothing), NO_MATCH, COLOURS) == NO_MATCH
