"""Arrays of ids and embeddings."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.arrays import member_of, unit_rows, unit_vector


def test_membership() -> None:
    ids = np.array([5, 1, 9, 2])
    assert member_of(ids, np.array([2, 5, 7])).tolist() == [True, False, False, True]
    assert not member_of(ids, np.array([], np.int64)).any()


def test_unit_rows_and_a_unit_vector_have_length_1_and_zero_stays_zero() -> None:
    rows = np.array([[3, 4], [0, 0]], np.float32)
    assert unit_rows(rows) == pytest.approx(np.array([[0.6, 0.8], [0, 0]]))
    assert unit_vector(rows[0]) == pytest.approx(np.array([0.6, 0.8])) and unit_vector(rows[0]).dtype == np.float32
    assert not unit_vector(rows[1]).any()
