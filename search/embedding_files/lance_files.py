"""Embeddings as a Lance dataset, which is a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search.embedding_files.kept_error import KeptError

if TYPE_CHECKING:
    import pyarrow as pa


class LanceWriter:
    """Writes a Lance dataset."""

    is_folder = True

    def targets(self, target: Path) -> Sequence[Path]:
        """Return the dataset's folder."""
        return [target]

    def owns(self, name: str) -> bool:
        """Return whether a file is in one of the folders of a dataset."""
        return name.partition("/")[0] in ("data", "_versions", "_transactions", "_indices", "_deletions", "_refs")

    def write(self, parts: Sequence[Path], schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        """Write all rows."""
        import lance
        import pyarrow as pa

        kept = KeptError(batches)
        with kept:
            lance.write_dataset(pa.RecordBatchReader.from_batches(schema, iter(kept)), parts[0], schema=schema)
