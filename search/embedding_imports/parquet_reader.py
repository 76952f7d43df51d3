"""Embeddings in a column of a Parquet file, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.paths import readable
from search.embedding_imports.reading import (
    EMBEDDINGS,
    READ_ROWS,
    ColumnNames,
    Rows,
    column_among,
    described,
    readable_to_us,
    refuse_twins,
    vectors_in,
)

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from indexer.data_sets.description import Description


class FactsFile:
    """A Parquet file of which columns are read as they are."""

    def __init__(self, path: Path) -> None:
        """Read its foot; raises SourceError."""
        import pyarrow.parquet as pq

        self.path = path
        self.name = readable(path)
        with readable_to_us(path, "Parquet file"):
            # What is fetched ahead of a file that lies here would stay in memory to its end.
            self._file: pq.ParquetFile = pq.ParquetFile(path, pre_buffer=False)
            self.schema: pa.Schema = self._file.schema_arrow
        refuse_twins(self.schema.names, self.name)

    @property
    def count(self) -> int:
        """How many rows it has."""
        return int(self._file.metadata.num_rows)

    @cached_property
    def description(self) -> Description | None:
        """The model that its schema names."""
        return described(self.schema.metadata, self.name)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield columns; raises SourceError."""
        with readable_to_us(self.path, "Parquet file"):
            yield from self._file.iter_batches(READ_ROWS, columns=list(columns))


class ParquetReader:
    """A Parquet file with a column of embeddings."""

    def __init__(self, path: Path, names: ColumnNames) -> None:
        """Read its foot; raises SourceError."""
        self._file = FactsFile(path)
        columns = self._file.schema.names
        self._embedding = column_among(columns, names.embedding, EMBEDDINGS, "embeddings", self.name)

    @property
    def name(self) -> str:
        """What messages call it."""
        return self._file.name

    @property
    def description(self) -> Description | None:
        """The model that it names."""
        return self._file.description

    @property
    def columns(self) -> Sequence[str]:
        """Its columns, but the embeddings."""
        return [name for name in self._file.schema.names if name != self._embedding]

    @property
    def count(self) -> int:
        """How many rows it has."""
        return self._file.count

    def rows(self) -> Iterator[Rows]:
        """Yield its rows in order; raises SourceError."""
        yield from embedded_rows(self._file.batches(self._file.schema.names), self._embedding, self.name)


def embedded_rows(batches: Iterator[pa.RecordBatch], embedding: str, where: str) -> Iterator[Rows]:
    """Yield the rows of batches that have embeddings in a column."""
    first = 0
    for batch in batches:
        column = batch[embedding]
        whole = batch.filter(column.is_valid()) if column.null_count else batch
        vectors = vectors_in(whole[embedding], embedding, where)
        yield Rows(where, first, whole.drop_columns([embedding]), vectors, batch.num_rows - whole.num_rows)
        first += batch.num_rows
