"""An open data-set library: its store, and its model with the texts that were embedded before.

The model and the texts are those of a local library without pictures, the companion, in the cache folder: so texts,
prompts and classes go the same way as in a local library, and a text seen before costs no model here either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.data_sets.pictures_table import PicturesTable
from indexer.paths import cache_folder
from indexer.store.models import remember_row
from indexer.store.store import Store
from search.data_sets.lance_data_set import LanceDataSet
from search.library.library import Library

if TYPE_CHECKING:
    from indexer.data_sets.description import Description
    from search.data_sets.contract import DataSet


class OpenDataSet:
    """An open data-set library. Use it as a context manager, from one thread."""

    def __init__(self, address: str, pictures: DataSet, companion: Library) -> None:
        """Take the store and the companion; use `open_data_set`."""
        self.address = address
        self.pictures = pictures
        self.companion = companion

    def __enter__(self) -> OpenDataSet:
        return self

    def __exit__(self, *raised: object) -> None:
        self.companion.store.close()


def open_data_set(
    address: str, *, model: str | None = None, device: str = "auto", as_of: int | str | None = None
) -> OpenDataSet:
    """Open the data-set library at an address to search it; raises LibraryError, ModelMismatch.

    `model`, if given, must be the library's own; `as_of` is an earlier version, by number or moment.
    """
    table = PicturesTable.open(address, as_of)
    companion = Library(_companion(table.description), model=model, device=device)
    return OpenDataSet(address, LanceDataSet(table), companion)


def _companion(description: Description) -> Store:
    """Open the local library without pictures that keeps the texts of a model."""
    store = Store.create(cache_folder() / "data-sets" / description.fingerprint[:32])
    remember_row(store, description.model, description)
    return store
