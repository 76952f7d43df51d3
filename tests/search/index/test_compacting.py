"""Tests of search.index.compacting."""

from __future__ import annotations

import shutil
import sqlite3
from collections import namedtuple
from pathlib import Path

import pytest

from indexer.errors import LibraryBusy, LibraryError
from indexer.store.lock import only_writer
from indexer.store.store import DATABASE_NAME, Store
from search.index.compacting import compact


@pytest.fixture
def gappy(tmp_path: Path) -> Path:
    """A library whose database has more gaps than rows."""
    with Store.create(tmp_path / "library") as store, store.writing():
        store.db.execute("CREATE TABLE filler (content)")
        store.db.execute("INSERT INTO filler VALUES (zeroblob(3000000))")
        store.db.execute("DROP TABLE filler")
    return tmp_path / "library"


def test_a_database_with_gaps_is_written_anew(gappy: Path) -> None:
    with Store.open(gappy) as store:
        done = compact(store)
        again = compact(store)
    assert done.bytes_before > 3_000_000 > 500_000 > done.bytes
    assert (done.lacking, done.pictures, done.has_new_index) == (0, 0, False)
    assert again.bytes_before == again.bytes == done.bytes
    assert (gappy / DATABASE_NAME).stat().st_size == done.bytes


def test_where_there_is_no_room_it_is_left(gappy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12 - 1000, 1000))
    with Store.open(gappy) as store:
        done = compact(store)
    assert done.lacking > 3_000_000
    assert done.bytes > 3_000_000


def test_beside_another_process_that_writes_it_is_refused(gappy: Path) -> None:
    with Store.open(gappy) as store, only_writer(store), pytest.raises(LibraryBusy):
        compact(store)
    other = sqlite3.connect(gappy / DATABASE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with Store.open(gappy) as store, store.db.waiting(0.1), pytest.raises(LibraryBusy, match="try again"):
            compact(store)
    finally:
        other.close()


def test_a_library_in_memory_has_nothing_to_compact() -> None:
    store = Store.in_memory()
    with pytest.raises(LibraryError, match="can't be written"):
        compact(store)
    store.close()
