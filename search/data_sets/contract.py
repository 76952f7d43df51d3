"""The contract of a store of pictures with embeddings, which both kinds of library keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from search.filters.filters import NO_FILTERS, Filters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray
    from indexer.data_sets.description import Description


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a search found, best first; of fewer than k the rest is None and nan."""

    ids: NDArray[np.object_]  # (queries, k): ids as text
    scores: FloatArray  # (queries, k): cosines with the stored embeddings


class DataSet(Protocol):
    """Pictures with unit-length embeddings and facts, by ids that are text, in versions."""

    @property
    def description(self) -> Description:
        """The model whose embeddings it holds."""

    @property
    def version(self) -> int:
        """The version that is read; it grows with each change."""

    def commit(self, batches: Iterable[pa.RecordBatch]) -> int:
        """Add rows (of columns.py), or replace those with the same id, all or none; return the version."""

    def delete(self, where: Filters) -> int:
        """Delete the pictures that pass; return the version."""

    def count(self, where: Filters = NO_FILTERS) -> int:
        """Return how many pictures pass."""

    def search(self, queries: FloatArray, k: int, where: Filters = NO_FILTERS, exact: bool = False) -> Nearest:
        """Return the k nearest to each of the queries (n, dim) among the pictures that pass.

        Scores are exact always; `exact` says that no index may miss one.
        """

    def scan(
        self, columns: Sequence[str] | None = None, where: Filters = NO_FILTERS, rows: int = 8192
    ) -> Iterator[pa.RecordBatch]:
        """Yield the columns, or all, of the pictures that pass, at most so many rows at once."""

    def optimize(self) -> None:
        """Make it small and fast again: merge small files, bring the index up to date, drop versions that are old."""
