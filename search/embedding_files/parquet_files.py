"""Embeddings in Parquet: one file, with a column of lists of a fixed size."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.data_sets.columns import EMBEDDING

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_ROWS = 50_000  # of a row group
GROUP_BYTES = 1 << 26  # that a row group may have in memory


class ParquetFile:
    """A Parquet file that is written as rows come. Use it as a context manager."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        """Begin a file of a schema."""
        import pyarrow.parquet as pq

        repeating = [name for name in schema.names if name != EMBEDDING]  # a dictionary of embeddings only takes time
        self._file = pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=repeating)
        self._held: list[pa.RecordBatch] = []
        self._rows = 0
        self._group = GROUP_ROWS

    def __enter__(self) -> ParquetFile:
        return self

    def __exit__(self, *raised: object) -> None:
        try:
            if raised[0] is None:
                self._flush()
        finally:
            self._file.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        if batch.num_rows and not self._held:
            self._group = min(GROUP_ROWS, math.ceil(GROUP_BYTES * batch.num_rows / max(batch.nbytes, 1)))
        self._held.append(batch)
        self._rows += batch.num_rows
        if self._rows >= self._group:
            self._flush()

    def _flush(self) -> None:
        """Write what is held as one row group."""
        import pyarrow as pa

        if self._rows:
            self._file.write_table(pa.Table.from_batches(self._held), row_group_size=self._rows)
        self._held, self._rows = [], 0


class ParquetWriter:
    """Writes one Parquet file."""

    is_folder = False

    def targets(self, target: Path) -> Sequence[Path]:
        """Return the file."""
        return [target]

    def owns(self, name: str) -> bool:
        """Return False: there is no folder."""
        return False

    def write(self, parts: Sequence[Path], schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        """Write all rows."""
        with ParquetFile(parts[0], schema) as file:
            for batch in batches:
                file.write(batch)
