"""Tests of indexer.arrays."""

from __future__ import annotations

import numpy as np

from indexer.arrays import member_of, unit_rows, unit_vector


def test_rows_get_length_one_and_zero_stays_zero() -> None:
    rows = unit_rows(np.array([[3, 4], [0, 0], [1e-10, 0]], dtype=np.float32))
    assert rows.dtype == np.float32 and rows.flags.c_contiguous
    assert np.allclose(rows, [[0.6, 0.8], [0, 0], [1, 0]])


def test_membership_of_ids() -> None:
    ids = np.array([9, 2, 5, 1, 2], dtype=np.int64)
    assert member_of(ids, np.array([2, 4, 9], dtype=np.int64)).tolist() == [True, True, False, False, True]
    assert member_of(ids, np.empty(0, dtype=np.int64)).tolist() == [False] * 5


def test_a_unit_vector_has_length_one() -> None:
    assert np.allclose(unit_vector(np.array([3, 4], dtype=np.float32)), [0.6, 0.8])
    assert not unit_vector(np.zeros(2, dtype=np.float32)).any()
