"""Tests of indexer.row_sets.roaring: Lance reads what it writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from indexer.row_sets.roaring import row_set

lance = pytest.importorskip("lance")


@pytest.mark.parametrize("share", [0, 0.001, 0.05, 0.0625, 0.5, 0.98, 1])
def test_lance_finds_in_a_set_the_rows_that_are_in_it(share: float, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for size in (70_000, 65_536, 10, 1):
        made = lance.write_dataset(pa.table({"n": np.arange(size)}), tmp_path / "t", mode="append")
    rows = {piece.fragment_id: random.random(piece.physical_rows) < share for piece in made.get_fragments()}
    rows[1][:] = share == 1
    packed = row_set(rows)
    for option, wanted in (("row_addr_allowlist", rows), ("row_addr_blocklist", {n: ~one for n, one in rows.items()})):
        found = made.scanner(columns=[], with_row_id=True, **{option: packed}).to_table()["_rowid"].to_pylist()
        assert found == [(number << 32) + int(row) for number, one in wanted.items() for row in np.flatnonzero(one)]


@pytest.mark.parametrize("share", [0.001, 0.05, 0.98])
def test_a_set_is_written_as_lance_writes_it(share: float) -> None:
    from lance.dataset import serialize_row_addrs

    random = np.random.default_rng(0)
    rows = {number: random.random(size) < share for number, size in ((0, 200_000), (3, 65_536), (4, 10), (7, 1))}
    addresses = [(number << 32) + int(row) for number, are_in in rows.items() for row in np.flatnonzero(are_in)]
    assert row_set(rows) == serialize_row_addrs(addresses)
    assert row_set({}) == serialize_row_addrs([])
