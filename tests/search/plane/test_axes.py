"""Tests of search.plane.axes: the axes are those of the singular values, and the same pictures give the same ones."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.arrays import FloatArray, unit_rows
from search.plane.axes import find_axes


def vectors(seed: int = 1, count: int = 500, dim: int = 24) -> FloatArray:
    random = np.random.default_rng(seed)
    spread = (
        random.standard_normal((count, dim)) * np.linspace(3, 0.1, dim) @ np.linalg.qr(random.random((dim, dim)))[0]
    )
    return unit_rows((spread + 2).astype(np.float32))


@pytest.mark.parametrize("seed", range(5))
def test_axes_are_those_of_the_singular_values(seed: int) -> None:
    rows = vectors(seed)
    axes = find_axes(np.array_split(rows, 7), 24, len(rows))
    centred = rows.astype(np.float64) - rows.mean(axis=0, dtype=np.float64)
    _, values, directions = np.linalg.svd(centred, full_matrices=False)
    assert np.abs(np.sum(axes.directions * directions[:2], axis=1)) == pytest.approx([1, 1], abs=1e-4)
    assert axes.explained == pytest.approx((values[:2] ** 2).sum() / (values**2).sum(), abs=1e-4)
    points = axes.projected(rows)
    assert points.mean(axis=0) == pytest.approx([0, 0], abs=1e-4)
    assert (points**2).sum() / (centred**2).sum() == pytest.approx(axes.explained, abs=1e-3)


def test_signs_and_blocks_change_nothing() -> None:
    rows = vectors()
    axes, others = find_axes([rows], 24, 500), find_axes(np.array_split(rows[::-1], 50), 24, 500)
    assert axes.directions == pytest.approx(others.directions, abs=1e-4)
    farthest = np.abs(axes.directions).argmax(axis=1)
    assert (axes.directions[[0, 1], farthest] > 0).all()


@pytest.mark.parametrize(
    "rows", [np.zeros((0, 4), np.float32), np.eye(4, dtype=np.float32)[:1], np.ones((3, 4), np.float32) / 2]
)
def test_what_does_not_differ_lies_in_one_point(rows: FloatArray) -> None:
    axes = find_axes([rows] if len(rows) else [], 4, len(rows))
    assert axes.explained == 0 and np.abs(axes.projected(rows)).max(initial=0) < 1e-6
    assert axes.directions @ axes.directions.T == pytest.approx(np.eye(2), abs=1e-6)


def test_one_dimension_has_a_plane_too() -> None:
    axes = find_axes([np.array([[1.0], [-1.0]], np.float32)], 1, 2)
    assert axes.projected(np.array([[1.0]], np.float32)).tolist() == [[1.0, 0.0]]
