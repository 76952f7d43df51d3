"""Tests of indexer.row_sets.roaring: the very bytes that Lance writes itself."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.row_sets.roaring import row_set

pytest.importorskip("lance")


@pytest.mark.parametrize("share", [0.001, 0.05, 0.0625, 0.5, 1])
def test_a_set_is_written_as_lance_writes_it(share: float) -> None:
    from lance.dataset import serialize_row_addrs

    random = np.random.default_rng(0)
    rows = {number: random.random(size) < share for number, size in ((0, 200_000), (3, 65_536), (4, 10), (7, 1))}
    rows[5] = np.zeros(100, dtype=np.bool_)
    addresses = [(number << 32) + int(row) for number, are_in in rows.items() for row in np.flatnonzero(are_in)]
    assert row_set(rows) == serialize_row_addrs(addresses)
    assert row_set({}) == serialize_row_addrs([])
