"""Whether a file is a picture of the library: a copy that was put into an indexed folder may have become one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import LibraryError
from indexer.store.pictures import image_at

if TYPE_CHECKING:
    from indexer.store.store import Store


class Pictures:
    """The pictures of a library; none if it has no database that can be read."""

    def __init__(self, store: Store | None) -> None:
        """Take the open library."""
        self._store = store

    def has(self, path: Path) -> bool:
        """Return whether a file was indexed."""
        if self._store is None:
            return False
        with contextlib.suppress(LibraryError, sqlite3.Error):
            return image_at(self._store, path) is not None
        return False


@contextlib.contextmanager
def pictures_of(library: Path) -> Iterator[Pictures]:
    """Open a library to ask for its pictures."""
    from indexer.store.store import Store

    with contextlib.ExitStack() as stack:
        store = None
        with contextlib.suppress(LibraryError, sqlite3.Error):
            store = stack.enter_context(Store.open(library))
        yield Pictures(store)
