"""One open library: its SQLite database and its folder.

SQLite is the truth; everything else in the library's folder can be derived from it again. What is in the tables is read
and written by the other modules of this folder, one for each.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from pathlib import Path

from indexer.addresses import is_data_set
from indexer.errors import LibraryError, LibraryMissing
from indexer.paths import readable
from indexer.store.connection import connect, connect_read_only
from indexer.store.database import Database
from indexer.store.migrations import migrate

DATABASE_NAME = "library.db"


class Store:
    """One open library. Use it as a context manager, from one thread."""

    def __init__(self, db: Database, folder: Path | None, read_only: bool = False) -> None:
        """Take an open, migrated database; `folder` is None for a library in memory."""
        self.db = db
        self.folder = folder
        self.read_only = read_only
        self.doubtful: set[int] = set()  # models of which an embedding was found damaged

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Open the library in a folder.

        Raises LibraryMissing if there is none, LibraryDamaged or LibraryTooNew if it can't be used, LibraryError for a
        data set.
        """
        _refuse_data_set(folder)
        if not os.path.exists(folder / DATABASE_NAME):
            raise LibraryMissing(f"There is no library at {readable(folder)} yet; run: clipsearch index FOLDER")
        try:
            return cls(connect(folder / DATABASE_NAME), folder)
        except LibraryError as error:
            cause = str(error.__cause__)
            if "readonly" not in cause and "unable to open" not in cause:
                raise
            try:
                return cls(connect_read_only(folder / DATABASE_NAME), folder, read_only=True)
            except sqlite3.Error:
                raise error from None

    @classmethod
    def create(cls, folder: Path) -> Store:
        """Open the library in a folder, made if needed; raises as `open` does, and LibraryError if it can't be made."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"The library can't be made at {readable(folder)} ({error.strerror}); "
                "give another folder with --library."
            ) from error
        _refuse_data_set(folder)
        return cls(connect(folder / DATABASE_NAME), folder)

    @classmethod
    def in_memory(cls) -> Store:
        """Return an empty library that is gone when it is closed."""
        store = cls(Database(":memory:"), None)
        store.db.execute("PRAGMA foreign_keys = ON")
        migrate(store.db)
        return store

    def writing(self) -> AbstractContextManager[None]:
        """Make a with-block one transaction; see Database.writing."""
        return self.db.writing()

    def close(self) -> None:
        """Close the database; what was found damaged is noted before, so that the next run sees to it."""
        try:
            self._note_doubtful()
        finally:
            self.db.close()

    def _note_doubtful(self) -> None:
        """Have the embeddings of doubtful models looked at by the next run, if the library can be written now."""
        if self.doubtful and not self.read_only:
            with contextlib.suppress(sqlite3.Error), self.db.waiting(1.0), self.writing():
                self.db.conn.executemany(
                    "UPDATE models SET verified = NULL WHERE id = ?", [(model,) for model in self.doubtful]
                )
        self.doubtful.clear()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()


def _refuse_data_set(folder: Path) -> None:
    """Raise LibraryError for a folder that holds a data set, beside which no database belongs."""
    if is_data_set(folder):
        raise LibraryError(
            f"{readable(folder)} is a data set and no local library; clipsearch.open_data_set opens it in Python, and"
            " the commands index, query, label and info work with it."
        )


def now() -> str:
    """Return the time in UTC, as ISO 8601 to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
