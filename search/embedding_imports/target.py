"""The library that embeddings are imported into: the one that is there, or a new one, made once all is sound."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.addresses import is_url
from indexer.errors import InvalidRequest, LibraryError, LibraryMissing
from indexer.paths import absolute, home_expanded, readable
from indexer.store.store import DATABASE_NAME
from search.embedding_imports.found import readers_of
from search.embedding_imports.imported_columns import Addresses
from search.embedding_imports.importing import Imported, import_embeddings
from search.embedding_imports.models import model_of
from search.embedding_imports.reading import ColumnNames
from search.embedding_imports.spooling import Wanted

if TYPE_CHECKING:
    from indexer.data_sets.description import Description
    from indexer.store.store import Store
    from search.data_sets.contract import DataSet


def _silent(line: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """Where embeddings go."""

    place: Path | str  # the folder of a local library, or the address of a data set
    device: str = "auto"  # where a model is loaded whose fingerprint is not known
    tell: Callable[[str], None] = _silent  # of what loading it leads to
    opened: Store | None = None  # a local library that is open

    @classmethod
    def at(cls, place: Path | str, store: str | None, device: str, tell: Callable[[str], None]) -> ImportTarget:
        """Return the target at a place; with the store "lance" a folder is a data set.

        Raises LibraryError for a local library where a data set is asked for.
        """
        if store == "lance" and isinstance(place, Path):
            if os.path.exists(place / DATABASE_NAME):
                raise LibraryError(
                    f"{readable(place)} has a local library; name another folder for a data set with --library."
                )
            place = os.path.abspath(place)
        return cls(place, device, tell)

    @classmethod
    def of_store(cls, store: Store, device: str) -> ImportTarget:
        """Return a local library that is open as the target."""
        return cls(store.folder or Path(), device, opened=store)

    @contextmanager
    def existing(self) -> Iterator[Store | None]:
        """Give the local library that is there; None if there is none yet."""
        from indexer.store.store import Store

        if self.opened is not None:
            yield self.opened
            return
        try:
            store = Store.open(Path(self.place))
        except LibraryMissing:
            yield None
            return
        with store:
            yield store

    def description(self) -> Description | None:
        """Return the model of the library that is there; None if there is none yet."""
        from indexer.data_sets.description import Description
        from indexer.data_sets.pictures_table import PicturesTable
        from indexer.store.models import active_model

        if isinstance(self.place, str):
            try:
                return PicturesTable.open(self.place).description
            except LibraryMissing:
                return None
        with self.existing() as store:
            model = None if store is None else active_model(store)
        return None if model is None else Description.of(model)

    def load(self, name: str) -> Description:
        """Return what describes a model, which is loaded for that; raises ModelError."""
        from indexer.data_sets.description import Description
        from indexer.library_model.loading import first_encoder

        return Description.of(first_encoder(name, self.device, self.tell))

    def addresses(self, root: str | None) -> Addresses:
        """Return where pictures are whose paths start from `root`, which new ones of a local library are below.

        Raises InvalidRequest for a URL and a local library.
        """
        is_local = isinstance(self.place, Path)
        if root is not None and is_url(root):
            if is_local:
                raise InvalidRequest("A library in a folder has files of this machine: --root is a folder, not a URL.")
            return Addresses(root)
        resolved = None if root is None else str(absolute(Path(root)))
        if not is_local:
            return Addresses(resolved)
        named = () if root is None else (os.path.abspath(home_expanded(Path(root))), str(resolved))
        return Addresses(resolved, (*named, *self._known_folders()))

    @contextmanager
    def open(self, description: Description, root: str | None) -> Iterator[DataSet]:
        """Open the library, made with this model if it is new."""
        if isinstance(self.place, str):
            from indexer.data_sets.pictures_table import PicturesTable
            from search.data_sets.lance_data_set import LanceDataSet

            yield LanceDataSet(PicturesTable.create(self.place, description))
            return
        from indexer.store.models import active_model, remember_row
        from indexer.store.store import Store
        from search.data_sets.sqlite_data_set import SqliteDataSet
        from search.library.library import Library

        store = self.opened or Store.create(self.place)
        try:
            if active_model(store) is None:
                remember_row(store, description.model, description)
            yield SqliteDataSet(Library(store), None if root is None else Path(root))
        finally:
            if self.opened is None:
                store.close()

    def _known_folders(self) -> list[str]:
        """Return the folders that the local library has."""
        from indexer.store.roots import roots

        with self.existing() as store:
            return [] if store is None else [str(root.path) for root in roots(store)]


def import_files(
    target: ImportTarget,
    paths: Sequence[Path],
    *,
    model: str | None = None,
    root: str | None = None,
    normalize: bool = False,
    columns: tuple[str | None, str | None] = (None, None),
    progress: Callable[[int, int], None] = lambda done, total: None,
    stored: Callable[[], None] = lambda: None,
) -> Imported:
    """Import files and folders; `columns` are the names of those of embeddings and of paths, None for the usual ones.

    `stored` is called as soon as all rows are in the library. Raises SourceError, ModelMismatch, InvalidRequest,
    LibraryError, OutputError if rows can't be laid down.
    """
    names = ColumnNames(*columns)
    readers = readers_of([home_expanded(path) for path in paths], names)
    description = model_of(readers, model, target.description(), target.load)
    addresses = target.addresses(root)
    wanted = Wanted(description, addresses, names, normalize)
    return import_embeddings(readers, wanted, lambda: target.open(description, addresses.root), progress, stored)
