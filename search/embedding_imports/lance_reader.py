"""Embeddings in a column of a Lance dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.data_sets.pictures_table import READ_AHEAD
from indexer.errors import SourceError
from indexer.paths import readable
from search.embedding_imports.parquet_reader import embedded_rows
from search.embedding_imports.reading import EMBEDDINGS, READ_ROWS, ColumnNames, Rows, column_among, described

if TYPE_CHECKING:
    from indexer.data_sets.description import Description


class LanceReader:
    """A Lance dataset with a column of embeddings."""

    def __init__(self, path: Path, names: ColumnNames) -> None:
        """Open it; raises SourceError."""
        import lance

        self.name = readable(path)
        try:
            self._dataset: Any = lance.dataset(str(path))
        except (OSError, ValueError, RuntimeError) as error:
            raise SourceError(f"{self.name} is no Lance dataset, or a damaged one; export it again.") from error
        columns = self._dataset.schema.names
        self._embedding = column_among(columns, names.embedding, EMBEDDINGS, "embeddings", self.name)

    @property
    def description(self) -> Description | None:
        """The model that it names."""
        return described(self._dataset.schema.metadata, self.name)

    @property
    def columns(self) -> Sequence[str]:
        """Its columns, but the embeddings."""
        return [name for name in self._dataset.schema.names if name != self._embedding]

    @property
    def count(self) -> int:
        """How many rows it has."""
        return int(self._dataset.count_rows())

    def rows(self) -> Iterator[Rows]:
        """Yield its rows in order; raises SourceError."""
        try:
            batches = self._dataset.to_batches(batch_size=READ_ROWS, scan_in_order=True, io_buffer_size=READ_AHEAD)
            yield from embedded_rows(batches, self._embedding, self.name)
        except (OSError, ValueError, RuntimeError) as error:
            raise SourceError(f"{self.name} is damaged; export it again.") from error
