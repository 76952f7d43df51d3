"""Reading a large library's columns in a process of its own, which leaves them in their file.

It takes seconds of Python, for which the threads of a server would wait, and memory that would stay with it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable
from pathlib import Path

from indexer.errors import ClipsearchError
from indexer.processes.starting import start
from indexer.store.store import Store
from search.columns.kept_columns import keep_columns, keep_path_order, kept_columns
from search.columns.reading import read_columns, read_path_order
from search.columns.state import pictures_state

MANY = 100_000  # pictures


def made_apart(store: Store, make: Callable[[str], None]) -> None:
    """Have another process make a file of a library, if that is large; whoever finds no file makes it itself."""
    if store.folder is None or int(store.db.execute("SELECT count(*) FROM images").fetchone()[0]) < MANY:
        return
    process = multiprocessing.get_context("spawn").Process(target=make, args=(str(store.folder),), daemon=True)
    with contextlib.suppress(OSError, ImportError):
        start(process)
        process.join()
        process.close()


def make_columns(folder: str) -> None:
    """Read the columns of the library in a folder, and write them to their file."""
    with contextlib.suppress(ClipsearchError), Store.open(Path(folder)) as store:
        keep_columns(store, read_columns(store))


def make_path_order(folder: str) -> None:
    """Find the order of the library's pictures by path, and write it to its file."""
    with contextlib.suppress(ClipsearchError), Store.open(Path(folder)) as store:
        columns = kept_columns(store, pictures_state(store))
        if columns is not None:
            keep_path_order(store, columns.state, read_path_order(store, columns))
