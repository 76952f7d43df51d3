"""A thread's own library: opened when it is first asked, and again when its database or its model is another one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from indexer.errors import LibraryError, LibraryMissing
from indexer.paths import readable
from indexer.store.store import DATABASE_NAME
from search.library.library import Library, open_library
from server.opened.shared_parts import WarmParts

Result = TypeVar("Result")

LOST = (
    "The library {} is not there any more: it was moved or deleted, or its drive is away. It is used again as soon as"
    " it is back; if it is elsewhere now, start the server again with --library."
)


class ThreadLibrary:
    """The library of one thread; only that thread uses it."""

    def __init__(self, folder: Path, device: str, parts: WarmParts) -> None:
        """Take where it is; nothing is opened yet."""
        self._folder = folder
        self._device = device
        self._parts = parts
        self._library: Library | None = None
        self._file: tuple[int, int] | None = None  # which file is open: another may come in its place

    def call(self, function: Callable[[Library], Result]) -> Result:
        """Return what a function makes of the library; raises LibraryError if that is gone."""
        library = self._current()
        try:
            return function(library)
        except sqlite3.Error:
            self.close()  # the next question opens it anew: it may have been replaced, or mended
            raise
        finally:
            with contextlib.suppress(sqlite3.Error):  # of a connection that is closed by now
                if library.store.db.conn.in_transaction:  # a snapshot left open keeps the log from shrinking
                    library.store.db.execute("ROLLBACK")

    def close(self) -> None:
        """Close it, if it is open."""
        library, self._library = self._library, None
        if library is not None:
            with contextlib.suppress(sqlite3.Error):
                library.store.close()

    def _current(self) -> Library:
        """Return the library as it is now, opened again if it is another one."""
        file = self._file_now()
        if self._library is not None and (file != self._file or not self._has_its_model(self._library)):
            self.close()
        if self._library is None:
            self._library, self._file = self._opened(), file
        return self._library

    def _file_now(self) -> tuple[int, int]:
        """Return which file the database is; raises LibraryError if it is gone."""
        try:
            status = (self._folder / DATABASE_NAME).stat()
        except OSError:
            self.close()
            if self._parts.was_there:
                raise LibraryError(LOST.format(readable(self._folder))) from None
            raise LibraryMissing(
                f"There is no library at {readable(self._folder)} yet; run: clipsearch index FOLDER"
            ) from None
        self._parts.was_there = True
        return status.st_dev, status.st_ino

    def _opened(self) -> Library:
        library = open_library(self._folder, device=self._device, shared=self._parts)
        library.store.db.execute("PRAGMA cache_size = -8192")  # 8 MiB for each thread
        return library

    def _has_its_model(self, library: Library) -> bool:
        """Return whether the model still is the one that answers; another may have taken its place."""
        try:
            row = library.store.db.execute("SELECT id, fingerprint FROM models WHERE active = 1").fetchone()
        except sqlite3.Error:
            return False
        return bool(row == (library.model.id, library.model.fingerprint))
