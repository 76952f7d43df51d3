"""Makes a local library small and fast again: its index file up to date, its database without gaps."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import LibraryBusy, LibraryError
from indexer.paths import readable
from indexer.store.embeddings import count_without_embedding
from indexer.store.lock import only_writer
from indexer.store.models import active_model
from indexer.store.store import DATABASE_NAME
from search.index.due import is_due
from search.index.refreshing import refresh_index

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.store.store import Store

LEAST_GAPS = 0.02  # of the pages of a database, to be worth writing it anew
ROOM = 2.2  # times its bytes, which writing it anew takes meanwhile: a copy, and the log


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was done."""

    pictures: int
    has_new_index: bool  # else it was up to date, or the library needs none
    bytes_before: int  # of the database
    bytes: int
    lacking: int = 0  # bytes of room that were missing to write it anew


def compact(store: Store) -> Compacted:
    """Compact the library in a folder; raises LibraryBusy while another process writes, LibraryError if it can't be."""
    if store.folder is None or store.read_only:
        folder = readable(store.folder) if store.folder else ""
        raise LibraryError(f"The library {folder} can't be written to; check the permissions of its folder.")
    with only_writer(store):
        model = active_model(store)
        is_new = model is not None and is_due(store, model)
        if model is not None:
            refresh_index(store, model)
        before = _size(store.folder)
        lacking = _without_gaps(store, store.folder)
        pictures = int(store.db.execute("SELECT count(*) FROM images").fetchone()[0])
        embedded = pictures - (count_without_embedding(store, model) if model is not None else pictures)
        return Compacted(embedded, is_new, before, _size(store.folder), lacking)


def _without_gaps(store: Store, folder: Path) -> int:
    """Write the database anew if it has gaps; return the bytes of room that are missing."""
    pages, gaps, size = (
        int(store.db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size")
    )
    lacking = 0
    try:
        if gaps > LEAST_GAPS * pages:
            lacking = max(0, int(ROOM * pages * size) - shutil.disk_usage(folder).free)
            if not lacking:
                store.db.execute("VACUUM")
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) and "busy" not in str(error):
            raise
        raise LibraryBusy(
            f"Another program reads or writes the library {readable(folder)}; try again when it has ended."
        ) from error
    return lacking


def _size(folder: Path) -> int:
    """Return the bytes of the database with its log."""
    files = (folder / DATABASE_NAME, folder / f"{DATABASE_NAME}-wal")
    return sum(file.stat().st_size for file in files if file.exists())
