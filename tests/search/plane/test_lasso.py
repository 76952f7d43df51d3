"""Tests of search.plane.lasso: what is inside a polygon, against the rule for one point at a time."""

from __future__ import annotations

import random

import numpy as np
import pytest

from search.plane.lasso import inside

Polygon = list[tuple[float, float]]


def is_inside(point: tuple[float, float], polygon: Polygon) -> bool:
    """Return whether a ray from the point to the right crosses the edges an odd number of times."""
    x, y = point
    crossings = 0
    for (from_x, from_y), (to_x, to_y) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if from_y > to_y:
            from_x, from_y, to_x, to_y = to_x, to_y, from_x, from_y
        if from_y <= y < to_y and x < from_x + (y - from_y) * ((to_x - from_x) / (to_y - from_y)):
            crossings += 1
    return crossings % 2 == 1


@pytest.mark.parametrize("seed", range(40))
def test_it_agrees_with_the_rule_for_one_point(seed: int) -> None:
    chance = random.Random(seed)
    corners = chance.choice([3, 4, 5, 12, 60, 200])
    grid = chance.random() < 0.5  # so that points lie on corners and edges

    def number() -> float:
        return float(chance.randrange(-4, 5)) if grid else chance.uniform(-1, 1)

    polygon = [(number(), number()) for _ in range(corners)]
    points = np.array([(number(), number()) for _ in range(300)], dtype=np.float32)
    expected = [is_inside((float(x), float(y)), polygon) for x, y in points]
    assert inside(points, polygon).tolist() == expected


def test_a_ring_has_a_hole_and_a_point_on_the_way_belongs_to_one_side() -> None:
    square = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]
    points = np.array([(1, 1), (3, 1), (-1, 1), (1, 3), (0, 0), (2, 2)], dtype=np.float32)
    assert inside(points, square).tolist() == [True, False, False, False, True, False]
    twice = [*square, *square]
    assert not inside(points, twice).any()
    assert inside(points[:0], square).tolist() == [] and not inside(points, [(1.0, 1.0)] * 3).any()
    beside = [(2.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0)]
    grid = np.array([(x / 4, y / 4) for x in range(16) for y in range(8)], dtype=np.float32)
    assert (inside(grid, square) ^ inside(grid, beside)).all(), "each point is in one of two neighbours"
