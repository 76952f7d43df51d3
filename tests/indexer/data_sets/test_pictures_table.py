"""Tests of indexer.data_sets.pictures_table."""

from __future__ import annotations

from pathlib import Path

from indexer.data_sets.pictures_table import PicturesTable
from tests.data_sets import DESCRIPTION, rows_of, unit


def test_a_row_that_is_committed_again_is_there_once(tmp_path: Path) -> None:
    table = PicturesTable.create(str(tmp_path / "library"), DESCRIPTION)
    first = table.commit([rows_of(["a", "b"], unit(2))])
    assert table.commit([rows_of(["b", "c"], unit(2))]) > first
    assert table.count() == 3
    again = PicturesTable.open(str(tmp_path / "library"))
    assert again.description == DESCRIPTION
    assert sorted(row for batch in again.scan(["address"]) for row in batch["address"].to_pylist()) == ["a", "b", "c"]


def test_the_nearest_are_found_with_their_cosines(tmp_path: Path) -> None:
    table = PicturesTable.create(str(tmp_path / "library"), DESCRIPTION)
    vectors = unit(50)
    rows = rows_of([f"{number:02}" for number in range(50)], vectors)
    table.commit([rows])
    ids, scores = table.nearest(vectors[:2], 3, exact=True)
    assert ids[:, 0].tolist() == rows["id"].to_pylist()[:2]
    assert (scores[:, 0] > 0.999).all()


def test_a_library_in_a_bucket(bucket: str) -> None:
    PicturesTable.create(f"{bucket}/library", DESCRIPTION).commit([rows_of(["a"], unit(1))])
    assert PicturesTable.open(f"{bucket}/library").count() == 1


def test_rows_are_deleted_by_id_however_many(tmp_path: Path) -> None:
    table = PicturesTable.create(str(tmp_path / "library"), DESCRIPTION)
    rows = rows_of([str(number) for number in range(5000)], unit(5000))
    before = table.commit([rows])
    assert table.delete_ids([*rows["id"].to_pylist()[:4999], "unknown"]) == before + 1
    assert table.count() == 1
