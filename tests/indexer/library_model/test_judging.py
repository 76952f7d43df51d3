"""Tests of indexer.library_model.judging."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.arrays import FloatArray, unit_rows
from indexer.library_model.judging import JUDGED, Judge, verdict


def rows(count: int = JUDGED, seed: int = 0) -> FloatArray:
    return unit_rows(np.random.default_rng(seed).standard_normal((count, 32)).astype(np.float32))


def near(exact: FloatArray, distance: float, seed: int = 1) -> FloatArray:
    return unit_rows(exact + distance * rows(len(exact), seed))


def test_a_verdict_says_how_far_rows_move_and_whether_neighbours_stay() -> None:
    exact = rows()
    assert verdict(exact, exact).least_cosine == pytest.approx(1) and verdict(exact, exact).overlap == 1
    slightly, far = verdict(exact, near(exact, 0.01)), verdict(exact, near(exact, 0.5))
    assert slightly.is_good and slightly.least_cosine > 0.999 and 0.97 <= slightly.overlap <= 1
    assert not far.is_good and far.least_cosine < 0.95 and far.overlap < 0.9


def test_one_picture_that_moves_is_enough_to_say_no() -> None:
    exact = rows()
    int8 = exact.copy()
    int8[5] = near(exact[5:6], 0.2)[0]
    found = verdict(exact, int8)
    assert found.overlap > 0.97 and found.least_cosine < 0.995 and not found.is_good


def test_neighbours_that_change_are_enough_to_say_no() -> None:
    """Pictures that are all alike differ by less than int8 moves them."""
    exact = near(np.repeat(rows(1), JUDGED, axis=0), 0.02)
    found = verdict(exact, near(exact, 0.02, seed=2))
    assert found.least_cosine > 0.995 and found.overlap < 0.9 and not found.is_good


def test_the_judge_waits_for_enough_pictures() -> None:
    judge, exact = Judge(), rows()
    assert judge.add(exact[:40], exact[:40]) is None
    found = judge.add(exact[40:], exact[40:])
    assert found is not None and found.pictures == JUDGED and found.is_good


def test_nan_is_not_good() -> None:
    exact = rows()
    int8 = exact.copy()
    int8[3] = np.nan
    assert not verdict(exact, int8).is_good
