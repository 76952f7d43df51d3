"""The contract over Lance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.data_sets.checked import checked_columns, checked_queries, checked_rows
from search.data_sets.contract import Nearest
from search.data_sets.lance_filters import lance_condition
from search.filters.filters import NO_FILTERS, Filters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

    from indexer.arrays import FloatArray
    from indexer.data_sets.description import Description
    from indexer.data_sets.pictures_table import PicturesTable


class LanceDataSet:
    """A data-set library as the contract (contract.py) has it."""

    def __init__(self, table: PicturesTable) -> None:
        """Take the library's table of pictures."""
        self.table = table

    @property
    def description(self) -> Description:
        """The model whose embeddings it holds."""
        return self.table.description

    @property
    def version(self) -> int:
        """The version that is read."""
        return self.table.version

    def commit(self, batches: Iterable[pa.RecordBatch]) -> int:
        """Add or replace rows, all or none; return the version."""
        return self.table.commit(checked_rows(batches, self.description))

    def delete(self, where: Filters) -> int:
        """Delete the pictures that pass; return the version."""
        return self.table.delete(lance_condition(self.table, where) or "true")

    def count(self, where: Filters = NO_FILTERS) -> int:
        """Return how many pictures pass."""
        return self.table.count(lance_condition(self.table, where))

    def search(self, queries: FloatArray, k: int, where: Filters = NO_FILTERS, exact: bool = False) -> Nearest:
        """Return the k nearest to each of the queries (n, dim) among the pictures that pass."""
        queries = checked_queries(queries, self.description)
        return Nearest(*self.table.nearest(queries, k, lance_condition(self.table, where), exact))

    def scan(
        self, columns: Sequence[str] | None = None, where: Filters = NO_FILTERS, rows: int = 8192
    ) -> Iterator[pa.RecordBatch]:
        """Yield the columns, or all, of the pictures that pass."""
        wanted = None if columns is None else checked_columns(columns, self.description)
        return self.table.scan(wanted, lance_condition(self.table, where), rows)

    def optimize(self) -> None:
        """Make it small and fast again."""
        self.table.optimize()
