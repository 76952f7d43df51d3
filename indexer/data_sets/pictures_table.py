"""The table of pictures of a data-set library: rows with embeddings in Lance, in versions, on a disk or in a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.addresses import PICTURES
from indexer.data_sets.columns import ID, schema_of
from indexer.data_sets.description import Description
from indexer.data_sets.gathered import gathered
from indexer.data_sets.lance_tables import create_table, delete_keys, upsert, written
from indexer.data_sets.nearest import FEW_PASSING, nearest_rows
from indexer.data_sets.optimizing import KEPT_DAYS, Optimized, optimize
from indexer.data_sets.sentences import sentences, shown
from indexer.data_sets.vector_index import LEAST_ROWS, Engine, VectorIndex, vector_index
from indexer.data_sets.versions import open_version
from indexer.errors import InvalidRequest, ModelMismatch
from indexer.row_sets.passing import KeptPassing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray

READ_AHEAD = 64 << 20  # bytes of a table that are read before they are wanted; Lance would take 2 GB


class PicturesTable:
    """The pictures of a data-set library at one version. What is `where` is a condition in Lance's SQL; None: all."""

    def __init__(self, address: str, dataset: Any, *, is_old: bool = False) -> None:
        """Take an open Lance dataset, at its newest version or an old one; use `create` or `open`."""
        self.address = address
        self.dataset = dataset
        self.is_old = is_old
        self.description = Description.read(dataset.schema.metadata, shown(address))
        self._passing = KeptPassing()
        self._index: tuple[int, VectorIndex | None] | None = None

    @classmethod
    def create(cls, address: str, description: Description) -> PicturesTable:
        """Make an empty library, or open the one that is there; raises LibraryError, ModelMismatch."""
        table = cls(address, create_table(address, PICTURES, schema_of(description)))
        if table.description.fingerprint != description.fingerprint:
            raise ModelMismatch(
                f"The library {shown(address)} was indexed with {table.description.model}, not with this"
                f" {description.model}, and a data set has one model; take another --library."
            )
        return table

    @classmethod
    def open(cls, address: str, as_of: int | str | None = None) -> PicturesTable:
        """Open a library at its newest version, or that of a number or moment (versions.py).

        Raises LibraryMissing, InvalidRequest if there is no such version, LibraryError.
        """
        return cls(address, open_version(address, as_of), is_old=as_of is not None)

    @property
    def version(self) -> int:
        """The version that is read."""
        return int(self.dataset.version)

    def writable(self) -> Any:
        """Return the dataset, to write to it; raises InvalidRequest if it is an old version."""
        if self.is_old:
            raise InvalidRequest("An earlier version of a library can only be read; leave --as-of out.")
        return self.dataset

    def commit(self, batches: Iterable[pa.RecordBatch]) -> int:
        """Add rows, or replace those with the same id, all or none; return the version.

        Of rows with the same id the last counts. What `batches` raises passes through, and nothing is committed.
        Raises ModelMismatch for embeddings of another dimension, InvalidRequest for what is no row.
        """
        dataset = self.writable()
        with gathered(batches, dataset.schema) as rows:
            if rows.num_rows:
                upsert(self.address, dataset, ID, rows)
        return self.version

    def delete(self, where: str) -> int:
        """Delete rows; return the version."""
        dataset = self.writable()
        written(self.address, dataset, lambda: dataset.delete(where))
        return self.version

    def delete_ids(self, ids: Sequence[str]) -> int:
        """Delete the rows with these ids, however many, all or none; return the version."""
        if ids:
            delete_keys(self.address, self.writable(), ID, ids)
        return self.version

    def count(self, where: str | None = None) -> int:
        """Return how many rows there are."""
        with sentences(self.address):
            return self._passing.count(self.dataset, where)

    def nearest(
        self, queries: FloatArray, k: int, where: str | None = None, exact: bool = False
    ) -> tuple[NDArray[np.object_], FloatArray]:
        """Return ids and cosines (n, k) of those nearest to each of n queries, best first; None and nan fill up.

        The queries (n, dim) are of unit length. `exact` says that no index may miss one.
        """
        import numpy as np

        queries = np.atleast_2d(np.asarray(queries, dtype=np.float32))
        if queries.shape[1] != self.description.dim:
            raise InvalidRequest(f"A query of {queries.shape[1]} numbers has none to compare in this library.")
        index = None if exact or self.count(where) <= FEW_PASSING else self._vector_index()
        with sentences(self.address):
            passing = self._passing.passing(self.dataset, where, with_rows=index is not None)
            return nearest_rows(self.dataset, queries, k, passing, index)

    def scan(
        self, columns: Sequence[str] | None = None, where: str | None = None, rows: int = 8192
    ) -> Iterator[pa.RecordBatch]:
        """Yield columns, or all, at most so many rows at once, in the order in which they are stored."""
        wanted = None if columns is None else list(columns)
        with sentences(self.address):
            yield from self.dataset.to_batches(
                columns=wanted, filter=where, batch_size=rows, scan_in_order=True, io_buffer_size=READ_AHEAD
            )

    def optimize(
        self, keep_days: float = KEPT_DAYS, engine: Engine = "local", least_rows: int = LEAST_ROWS
    ) -> Optimized:
        """Merge small files, bring the indexes up to date, and drop versions that are old (optimizing.py)."""
        return optimize(self.address, self.writable(), keep_days, engine, least_rows)

    def _vector_index(self) -> VectorIndex | None:
        """Return the index at this version."""
        if self._index is None or self._index[0] != self.version:
            with sentences(self.address):
                self._index = self.version, vector_index(self.dataset)
        return self._index[1]
