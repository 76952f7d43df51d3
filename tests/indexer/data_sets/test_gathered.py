"""Tests of indexer.data_sets.gathered: what may be committed, and that nothing is where something is wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from indexer.data_sets import gathered
from indexer.data_sets.pictures_table import PicturesTable
from indexer.errors import ClipsearchError, InvalidRequest, ModelMismatch
from tests.data_sets import DESCRIPTION, rows_of, unit


@pytest.fixture
def table(tmp_path: Path) -> PicturesTable:
    """An empty library."""
    return PicturesTable.create(str(tmp_path), DESCRIPTION)


def captions(table: PicturesTable) -> dict[str, str]:
    return {row["address"]: row["caption"] for batch in table.scan(["address", "caption"]) for row in batch.to_pylist()}


@pytest.mark.parametrize("most_bytes", [gathered.MOST_BYTES, 100])
def test_of_rows_with_one_id_the_last_counts(
    table: PicturesTable, most_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathered, "MOST_BYTES", most_bytes)  # else rows go through a file
    batches = [
        rows_of(["a", "b", "a"], unit(3), caption=["1", "2", "3"]),
        rows_of([], unit(0)),
        rows_of(["c", "b"], unit(2), caption=["4", "5"]),
    ]
    before = table.version
    assert table.commit(iter(batches)) == before + 1
    assert captions(table) == {"a": "3", "b": "5", "c": "4"}


def test_an_error_while_rows_are_made_commits_nothing(table: PicturesTable) -> None:
    def breaks_off() -> Iterator[pa.RecordBatch]:
        yield rows_of(["a"], unit(1))
        raise ValueError("the source broke off")

    before = table.version
    with pytest.raises(ValueError, match="the source broke off"):
        table.commit(breaks_off())
    assert (PicturesTable.open(table.address).version, table.count()) == (before, 0)


def test_nothing_is_no_version(table: PicturesTable) -> None:
    before = table.version
    assert table.commit([]) == table.commit([rows_of([], unit(0))]) == table.delete_ids([]) == before


def test_embeddings_of_another_dimension_are_refused(table: PicturesTable) -> None:
    other = dataclasses.replace(DESCRIPTION, dim=16)
    with pytest.raises(ModelMismatch, match=r"16 numbers and the library's 32"):
        table.commit([rows_of(["a"], unit(1)), rows_of(["b"], unit(1, 16), other)])
    assert table.count() == 0


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 0.0, 3.0])
def test_embeddings_that_are_no_unit_vectors_are_refused(table: PicturesTable, wrong: float) -> None:
    vectors = unit(3)
    vectors[1] *= wrong
    with pytest.raises(InvalidRequest, match="unit length"):
        table.commit([rows_of(["a", "b", "c"], vectors)])
    assert table.count() == 0


def test_columns_may_be_missing_and_of_a_type_that_fits(table: PicturesTable) -> None:
    rows = rows_of(["a"], unit(1), caption=["cat"], size=[7])
    few = pa.record_batch({name: rows[name] for name in ("embedding", "caption", "address", "id")})
    few = few.append_column("size", pa.array([7], pa.int16()))
    table.commit([few])
    assert next(table.scan()).to_pylist() == rows.to_pylist()


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.drop_columns(["id"]),
        lambda rows: rows.drop_columns(["embedding"]),
        lambda rows: rows.set_column(0, "id", pa.array([None], pa.string())),
        lambda rows: rows.drop_columns(["size"]).append_column("size", pa.array(["big"])),
    ],
)
def test_what_is_no_row_is_refused(table: PicturesTable, change: object) -> None:
    with pytest.raises(ClipsearchError, match="can't be put into a library"):
        table.commit([change(rows_of(["a"], unit(1)))])  # type: ignore[operator]
    assert table.count() == 0
