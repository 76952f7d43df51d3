"""An open data-set library: its store, and its model with the texts that were embedded before.

The model and the texts are those of a local library without pictures, the companion, in the cache folder: so texts,
prompts and classes go the same way as in a local library, and a text seen before costs no model here either. There is
one for each model as a data set describes it, so that what one data set says of a model is not believed of another.
"""

from __future__ import annotations

import contextlib
import math
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.data_sets.pictures_table import PicturesTable
from indexer.errors import LibraryDamaged, LibraryError, ModelMismatch
from indexer.models.names import parse_model_name
from indexer.paths import cache_folder
from indexer.store.models import active_model, remember_row
from indexer.store.soundness import MOST_DIM
from indexer.store.store import Store
from search.data_sets.lance_data_set import LanceDataSet
from search.library.library import Library

if TYPE_CHECKING:
    from indexer.data_sets.description import Description
    from indexer.store.models import StoredModel

FOLDER = "data-sets"  # in the cache folder


class OpenDataSet:
    """An open data-set library. Use it as a context manager, from one thread."""

    def __init__(self, address: str, pictures: LanceDataSet, companion: Library) -> None:
        """Take the store and the companion; use `open_data_set`."""
        self.address = address
        self.pictures = pictures
        self.companion = companion

    def __enter__(self) -> OpenDataSet:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the companion."""
        self.companion.store.close()

    @property
    def model(self) -> StoredModel:
        """The model whose embeddings it holds."""
        return self.companion.model


def open_data_set(
    address: str, *, model: str | None = None, device: str = "auto", as_of: int | str | None = None
) -> OpenDataSet:
    """Open the data-set library at an address to search it; raises LibraryError, ModelMismatch.

    `model`, if given, must be the library's own; `as_of` is an earlier version, by number or moment.
    """
    table = PicturesTable.open(address, as_of)
    _check(table.description, address)
    _check_request(table.description, address, model)
    store = companion_store(table.description)
    try:
        return OpenDataSet(address, LanceDataSet(table), Library(store, model=model, device=device))
    except BaseException:
        store.close()
        raise


def _check_request(description: Description, address: str, model: str | None) -> None:
    """Raise ModelMismatch if another model than the data set's is requested by name."""
    if model is not None and str(parse_model_name(model)) != description.model:
        raise ModelMismatch(
            f"The library {address} was indexed with {description.model}, not with {model}; leave --model out."
        )


def _check(description: Description, address: str) -> None:
    """Raise LibraryDamaged for a description that no model has."""
    numbers = [description.logit_scale, *([] if description.logit_bias is None else [description.logit_bias])]
    texts = description.model and description.fingerprint
    if not (texts and 0 < description.dim <= MOST_DIM and all(map(math.isfinite, numbers))):
        raise LibraryDamaged(f"What the library {address} says of its model can't be true; open an earlier version.")


def companion_store(description: Description) -> Store:
    """Open the local library without pictures that keeps the texts of a model.

    It is in memory where the cache folder can't be written to or used now, and made anew where it is damaged.
    """
    folder = companion_folder(description)
    for _ in range(2):
        try:
            return _described(Store.create(folder), description)
        except LibraryDamaged:
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)
        except (LibraryError, OSError, sqlite3.Error):
            break
    return _described(Store.in_memory(), description)


def companion_folder(description: Description) -> Path:
    """Return where the companion of a model is; what a data set says is no part of a path."""
    import xxhash

    return cache_folder() / FOLDER / xxhash.xxh3_128_hexdigest(next(iter(description.metadata().values())))


def _described(store: Store, description: Description) -> Store:
    """Return a store in which the model of a description is the active one; it is closed where that fails."""
    try:
        model = active_model(store)
        if model is None or (model.name, model.fingerprint) != (description.model, description.fingerprint):
            remember_row(store, description.model, description)
        return store
    except BaseException:
        store.close()
        raise
