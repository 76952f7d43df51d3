"""The table of pictures of a data-set library: rows with embeddings in Lance, in versions, on a disk or in a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.addresses import PICTURES
from indexer.data_sets.columns import EMBEDDING, ID, schema_of
from indexer.data_sets.description import Description
from indexer.data_sets.lance_tables import create_table, delete_keys, open_table, upsert
from indexer.errors import LibraryMissing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray


class PicturesTable:
    """The pictures of a data-set library at one version. What is `where` is a condition in Lance's SQL; None: all."""

    def __init__(self, address: str, dataset: Any) -> None:
        """Take an open Lance dataset; use `create` or `open`."""
        self.address = address
        self.dataset = dataset
        self.description = Description.read(dataset.schema.metadata, address)

    @classmethod
    def create(cls, address: str, description: Description) -> PicturesTable:
        """Make an empty library, or open the one that is there; raises LibraryError, ModelMismatch."""
        return cls(address, create_table(address, PICTURES, schema_of(description)))

    @classmethod
    def open(cls, address: str, as_of: int | str | None = None) -> PicturesTable:
        """Open a library at its newest version, or that of a number or moment; raises LibraryMissing, LibraryError."""
        dataset = open_table(address, PICTURES)
        if dataset is None:
            raise LibraryMissing(f"There is no library at {address}; make one with: clipsearch index")
        return cls(address, dataset)

    @property
    def version(self) -> int:
        """The version that is read."""
        return int(self.dataset.version)

    def commit(self, batches: Iterable[pa.RecordBatch]) -> int:
        """Add rows, or replace those with the same id, all or none; return the version."""
        import pyarrow as pa

        upsert(self.dataset, ID, pa.Table.from_batches(list(batches), self.dataset.schema))
        return self.version

    def delete_ids(self, ids: Sequence[str]) -> int:
        """Delete the rows with these ids, however many, all or none; return the version."""
        delete_keys(self.dataset, ID, ids)
        return self.version

    def delete(self, where: str) -> int:
        """Delete rows; return the version."""
        self.dataset.delete(where)
        return self.version

    def count(self, where: str | None = None) -> int:
        """Return how many rows there are."""
        return int(self.dataset.count_rows(where))

    def nearest(
        self, queries: FloatArray, k: int, where: str | None = None, exact: bool = False
    ) -> tuple[NDArray[np.object_], FloatArray]:
        """Return ids and cosines (n, k) of those nearest to each of n queries, best first; None and nan fill up."""
        import numpy as np

        ids = np.full((len(queries), k), None, dtype=object)
        scores = np.full((len(queries), k), np.nan, dtype=np.float32)
        for row, query in enumerate(queries):
            near = {"column": EMBEDDING, "q": query, "k": k, "metric": "dot", "use_index": not exact}
            found = self.dataset.to_table(columns=[ID, "_distance"], nearest=near, filter=where, prefilter=True)
            ids[row, : len(found)] = found[ID].to_pylist()
            scores[row, : len(found)] = 1 - found["_distance"].to_numpy()
        return ids, scores

    def scan(
        self, columns: Sequence[str] | None = None, where: str | None = None, rows: int = 8192
    ) -> Iterator[pa.RecordBatch]:
        """Yield columns, or all, at most so many rows at once."""
        yield from self.dataset.to_batches(
            columns=None if columns is None else list(columns), filter=where, batch_size=rows
        )

    def optimize(self) -> None:
        """Merge small files, bring the index up to date, and drop versions that are old."""
        self.dataset.optimize.compact_files()
