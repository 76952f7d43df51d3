"""Tests of indexer.data_sets.optimizing."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from indexer.data_sets import optimizing, vector_index
from indexer.data_sets.columns import ID
from indexer.data_sets.description import Description
from indexer.data_sets.failures_table import FailedPicture, FailuresTable
from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.versions import made_at
from indexer.errors import InvalidRequest, LibraryError
from tests.data_sets import DESCRIPTION, rows_of, unit

LEAST = 300


def filled(address: str, commits: int, rows: int = 100, first: int = 0) -> PicturesTable:
    table = PicturesTable.create(address, DESCRIPTION)
    for number in range(first, first + commits):
        names = [f"{number}/{row}" for row in range(rows)]
        table.commit([rows_of(names, unit(rows, seed=number), size=list(range(rows)))])
    return table


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let versions be dropped that were made just now."""
    monkeypatch.setattr(optimizing, "KEPT_ALWAYS", timedelta(microseconds=1))


def test_files_are_merged_and_old_versions_dropped(tmp_path: Path, at_once: None) -> None:
    table = filled(str(tmp_path), 6)
    table.delete("size < 30")
    before = sorted(id for batch in table.scan([ID]) for id in batch[ID].to_pylist())
    done = table.optimize(keep_days=0, least_rows=LEAST)
    assert (done.rows, done.files_before, done.files) == (420, 6, 1)
    assert 0 < done.bytes < done.bytes_before
    assert done.versions_dropped >= 7
    assert done.bytes_freed > 0
    assert done.left == ()
    assert sorted(id for batch in table.scan([ID]) for id in batch[ID].to_pylist()) == before
    with pytest.raises(InvalidRequest, match="no version 3"):
        PicturesTable.open(str(tmp_path), 3)
    assert PicturesTable.open(str(tmp_path), table.version).count() == 420


def test_versions_are_kept_for_a_month_and_always_for_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = filled(str(tmp_path), 3)
    assert table.optimize(keep_days=0, least_rows=LEAST).versions_dropped == 0  # others may be at them
    monkeypatch.setattr(optimizing, "KEPT_ALWAYS", timedelta(microseconds=1))
    assert table.optimize(least_rows=LEAST).versions_dropped == 0
    assert PicturesTable.open(str(tmp_path), 3).count() == 200


def test_a_version_that_was_the_newest_until_just_now_is_kept_however_old_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = filled(str(tmp_path), 3)
    reader = PicturesTable.open(str(tmp_path))  # at version 4; 1 to 3 were replaced long ago
    age = datetime.now(timezone.utc) - made_at(reader.dataset)
    filled(str(tmp_path), 1, first=3)
    monkeypatch.setattr(optimizing, "KEPT_ALWAYS", timedelta(microseconds=1))
    monkeypatch.setattr(optimizing, "datetime", Moved(made_at(PicturesTable.open(str(tmp_path)).dataset) - age / 2))
    table.optimize(keep_days=0, least_rows=10**6)
    assert sorted(reference["version"] for reference in table.dataset.version_refs())[:2] == [4, 5]
    assert sum(batch.num_rows for batch in reader.scan()) == 300


class Moved:
    """A clock that has stopped at a moment."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self, _: object) -> datetime:
        return self._moment


def test_what_was_broken_off_long_ago_goes_and_any_number_of_days_can_be_kept(tmp_path: Path) -> None:
    table = filled(str(tmp_path), 1)
    (file,) = tmp_path.glob("pictures.lance/data/*.lance")
    leftover = file.with_name("0" * 24 + "abcdef.lance")
    shutil.copy(file, leftover)
    os.utime(leftover, (1, 1))
    for days in (float("inf"), 1e300):
        assert table.optimize(keep_days=days).versions_dropped == 0
    assert not leftover.exists()


def test_the_index_is_made_extended_and_trained_anew_as_it_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_index, "ROWS_OF_PART", 100)
    table = filled(str(tmp_path), 2)
    assert table.optimize(least_rows=LEAST).index == "none"
    filled(str(tmp_path), 2, first=2)
    table = PicturesTable.open(str(tmp_path))
    states = [table.optimize(least_rows=LEAST).index for _ in range(2)]
    assert states == ["made", "up to date"]
    filled(str(tmp_path), 1, first=4)
    assert table.optimize(least_rows=LEAST).index == "updated"
    index = vector_index.vector_index(table.dataset)
    assert index is not None
    assert (index.rows, index.rest) == (500, 0)
    filled(str(tmp_path), 1, rows=800, first=5)
    assert table.optimize(least_rows=LEAST).index == "trained anew"
    assert {index.name for index in table.dataset.describe_indices()} >= {"embedding_idx", "format_idx", "taken_at_idx"}


def test_pieces_of_the_index_are_merged_when_they_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = filled(str(tmp_path), 4)
    table.optimize(least_rows=LEAST)
    for number in range(4, 7):
        filled(str(tmp_path), 1, first=number)
        table.dataset.checkout_latest()
        table.dataset.optimize.optimize_indices(index_names=["embedding_idx"], num_indices_to_merge=0)
    monkeypatch.setattr(vector_index, "MOST_PIECES", 2)
    assert table.optimize(least_rows=LEAST).index == "merged"
    index = vector_index.vector_index(table.dataset)
    assert index is not None
    assert (index.pieces, index.rows) == (1, 700)
    everything = [(number, row) for number in range(7) for row in unit(100, seed=number)[:2]]
    ids, _ = table.nearest(np.stack([vector for _, vector in everything]), 1)
    found = {id: address for batch in table.scan([ID, "address"]) for id, address in zip(*batch, strict=True)}
    assert {id.as_py(): address.as_py() for id, address in found.items()}[ids[3, 0]] == "1/1"


def test_dimensions_that_rq_does_not_take_are_indexed_too(tmp_path: Path) -> None:
    description = Description("other", "e" * 64, 20, 100.0, None)
    table = PicturesTable.create(str(tmp_path), description)
    vectors = unit(2500, 20)
    rows = rows_of([str(number) for number in range(2500)], vectors, description)
    table.commit([rows])
    assert table.optimize(least_rows=LEAST).index == "made"
    assert table.nearest(vectors[:3], 1)[0][:, 0].tolist() == rows[ID].to_pylist()[:3]


def test_the_small_tables_are_optimized_too(bucket: str, at_once: None) -> None:
    table = filled(bucket, 1)
    failures = FailuresTable(bucket)
    for number in range(4):
        failures.replace([FailedPicture(str(number), "1", "s", None, "bad", True, "2026-01-01T00:00:00")])
    table.optimize(keep_days=0)
    assert failures.count() == 4
    from indexer.addresses import FAILURES
    from indexer.data_sets.lance_tables import open_table

    small = open_table(bucket, FAILURES)
    assert small is not None
    assert len(small.get_fragments()) == 1
    assert len(small.version_refs()) == 1


def test_what_makes_no_sense_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = filled(str(tmp_path), 1)
    for days in (-1, float("nan")):
        with pytest.raises(InvalidRequest, match="days"):
            table.optimize(keep_days=days)
    monkeypatch.setattr(vector_index, "is_installed", lambda extra: False)
    with pytest.raises(LibraryError, match="needs the extra ray"):
        table.optimize(engine="ray", least_rows=10)
