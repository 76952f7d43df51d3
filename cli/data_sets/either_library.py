"""A library of either kind as the contract of data sets: a local one in its folder, or a data set anywhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import OutputError
from indexer.installation import install_command, is_installed

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.data_sets.contract import DataSet


@dataclass(frozen=True, slots=True)
class EitherLibrary:
    """An open library."""

    pictures: DataSet
    store: Store | None  # of a local library
    folder: Path | None  # where a local library has its journal


def check_extra() -> None:
    """Raise OutputError without the packages that read and write Parquet and Lance."""
    if not is_installed("lance"):
        raise OutputError(f"Embeddings in files need pyarrow and Lance; run: {install_command('lance')}")


@contextlib.contextmanager
def open_either(place: Path | str, as_of: int | str | None = None) -> Iterator[EitherLibrary]:
    """Open the local library in a folder, or the data set at an address; raises LibraryError."""
    if isinstance(place, str):
        from indexer.data_sets.pictures_table import PicturesTable
        from search.data_sets.lance_data_set import LanceDataSet

        yield EitherLibrary(LanceDataSet(PicturesTable.open(place, as_of)), None, None)
        return
    from search.data_sets.sqlite_data_set import SqliteDataSet
    from search.library.library import open_library

    with open_library(place) as library:
        yield EitherLibrary(SqliteDataSet(library), library.store, place)
