"""The contract over SQLite and FAISS: a local library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.data_sets.description import Description
from indexer.errors import LibraryError
from indexer.paths import from_columns, readable
from indexer.store.lock import only_writer
from indexer.store.pictures import forget_files
from indexer.store.roots import roots
from search.data_sets.checked import checked_queries, checked_rows
from search.data_sets.contract import Nearest
from search.data_sets.sqlite_rows import embedded_ids, rows_of_images
from search.filters.filters import NO_FILTERS, Filters
from search.filters.passing import Passing
from search.index.due import count_embeddings
from search.index.files import current_generation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from indexer.arrays import FloatArray, Ids
    from search.library.library import Library


class SqliteDataSet:
    """A local library as the contract (contract.py) has it: its ids as texts, its pictures at their paths."""

    def __init__(self, library: Library, root: Path | None = None) -> None:
        """Take an open library; what is committed from outside its roots belongs to `root`, which is added then."""
        self.library = library
        self.root = root

    @property
    def description(self) -> Description:
        """The model whose embeddings it holds."""
        return Description.of(self.library.model)

    @property
    def version(self) -> int:
        """The version that is read: always the newest."""
        return current_generation(self.library.store, self.library.model)

    def commit(self, batches: Iterable[pa.RecordBatch]) -> int:
        """Add pictures, or replace those at the same paths, all or none; return the version.

        Raises InvalidRequest for rows that can't be stored, FolderError for paths outside all roots.
        """
        from search.data_sets.sqlite_commits import store_rows

        self._check_writable()
        with only_writer(self.library.store):
            store_rows(self.library.store, self.library.model, checked_rows(batches, self.description), self.root)
        return self.version

    def delete(self, where: Filters) -> int:
        """Forget the files that pass, with all that is known of them; return the version."""
        store = self.library.store
        self._check_writable()
        with only_writer(store), store.writing():
            by_root: dict[int, set[str]] = {}
            select = "SELECT root, path, path_bytes FROM images WHERE id IN ({marks})"
            for number, *columns in store.db.rows_in(select, map(int, self._passing(where))):
                by_root.setdefault(number, set()).add(from_columns(*columns))
            for root in roots(store):
                forget_files(store, root, by_root.get(root.id, ()))
        return self.version

    def count(self, where: Filters = NO_FILTERS) -> int:
        """Return how many pictures pass."""
        if where == NO_FILTERS:
            return count_embeddings(self.library.store, self.library.model)
        return len(self._passing(where))

    def search(self, queries: FloatArray, k: int, where: Filters = NO_FILTERS, exact: bool = False) -> Nearest:
        """Return the k nearest to each of the queries (n, dim) among the pictures that pass."""
        import numpy as np

        from search.index.vector_index import VectorIndex

        queries = checked_queries(queries, self.description)
        passing, index = self.library.passing(where), self.library.index
        if exact and not index.is_exact:
            index = VectorIndex(self.library.store, self.library.model, index.state, None)
        ids = np.full((len(queries), k), None, dtype=object)
        scores = np.full((len(queries), k), np.nan, dtype=np.float32)
        for row, query in enumerate(queries):
            found, cosines = index.nearest(query, k, passing)
            ids[row, : len(found)] = list(map(str, found.tolist()))
            scores[row, : len(found)] = cosines
        return Nearest(ids, scores)

    def scan(
        self, columns: Sequence[str] | None = None, where: Filters = NO_FILTERS, rows: int = 8192
    ) -> Iterator[pa.RecordBatch]:
        """Yield the columns, or all, of the pictures that pass, by their ids."""
        yield from rows_of_images(self.library.store, self.library.model, self._passing(where), columns, rows)

    def optimize(self) -> None:
        """Bring the FAISS file of a large library up to date."""
        from search.index.refreshing import refresh_index

        self._check_writable()
        with only_writer(self.library.store):
            refresh_index(self.library.store, self.library.model)

    def _passing(self, where: Filters) -> Ids:
        """Return the ids of the pictures with an embedding that pass, ascending."""
        embedded = embedded_ids(self.library.store, self.library.model)
        return embedded[Passing.of(self.library.store, where).mask(embedded)]

    def _check_writable(self) -> None:
        store = self.library.store
        if store.read_only:
            folder = readable(store.folder) if store.folder else ""
            raise LibraryError(f"The library {folder} can't be written to; check the permissions of its folder.")
