"""Tests of indexer.data_sets.versions."""

from __future__ import annotations

from datetime import timedelta, timezone
from pathlib import Path

import pytest

from indexer.data_sets.pictures_table import PicturesTable
from indexer.data_sets.versions import made_at
from indexer.errors import InvalidRequest
from tests.data_sets import DESCRIPTION, rows_of, unit


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A library of five versions, each with a picture more than the one before."""
    table = PicturesTable.create(str(tmp_path), DESCRIPTION)
    for number in range(4):
        table.commit([rows_of([str(number)], unit(1))])
    return str(tmp_path)


def test_a_version_by_number(address: str) -> None:
    first = PicturesTable.open(address, 1).version
    assert [PicturesTable.open(address, first + more).count() for more in range(5)] == list(range(5))
    assert PicturesTable.open(address, str(first + 2)).count() == 2


def test_a_version_by_moment_is_the_last_one_up_to_it(address: str) -> None:
    for number in (1, 3, 5):
        table = PicturesTable.open(address, number)
        made = made_at(table.dataset)
        for moment in (made, made.astimezone(timezone.utc), made.replace(tzinfo=None)):
            assert PicturesTable.open(address, moment.isoformat()).version == number
    assert PicturesTable.open(address, made.date().isoformat()).version == 5  # a day means its end
    early = made_at(PicturesTable.open(address, 3).dataset) - timedelta(microseconds=1)
    assert PicturesTable.open(address, early.isoformat()).version == 2


@pytest.mark.parametrize("as_of", [0, 99, "2001-01-01", "yesterday", "-1", ""])
def test_a_version_that_is_not_there(address: str, as_of: int | str) -> None:
    with pytest.raises(InvalidRequest, match=r"version"):
        PicturesTable.open(address, as_of)


def test_an_earlier_version_can_only_be_read(address: str) -> None:
    table = PicturesTable.open(address, 3)
    for write in (
        lambda: table.commit([rows_of(["x"], unit(1))]),
        lambda: table.delete("true"),
        lambda: table.delete_ids(["x"]),
        table.optimize,
    ):
        with pytest.raises(InvalidRequest, match="only be read"):
            write()
    assert PicturesTable.open(address).count() == 4
