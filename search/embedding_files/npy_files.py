"""Embeddings as NumPy files, each beside a Parquet file with what is known of its rows, in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.data_sets.columns import EMBEDDING
from search.embedding_files.parquet_files import ParquetFile

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


class NpyFile:
    """A NumPy file (n, dim) that is written as rows come: its head gets the number of rows at the end."""

    def __init__(self, path: Path, dim: int, kind: str) -> None:
        """Begin a file of numbers of a kind, such as "<f2"."""
        self._file = path.open("xb")
        self._dim, self._kind, self._rows = dim, kind, 0
        self._write_head()

    def __enter__(self) -> NpyFile:
        return self

    def __exit__(self, *raised: object) -> None:
        with self._file:
            if raised[0] is None:
                end = self._file.tell()
                self._file.seek(0)
                self._write_head()
                assert end == self._file.tell() + self._rows * self._dim * int(self._kind[-1])

    def write(self, vectors: NDArray[Any]) -> None:
        """Add rows (n, dim)."""
        import numpy as np

        self._file.write(np.ascontiguousarray(vectors, dtype=self._kind).tobytes())
        self._rows += len(vectors)

    def _write_head(self) -> None:
        """Write the head, in which NumPy leaves room for the rows to become more."""
        from numpy.lib import format as npy

        about = {"descr": self._kind, "fortran_order": False, "shape": (self._rows, self._dim)}
        npy.write_array_header_1_0(self._file, about)


class NpyPart:
    """A NumPy file and the Parquet file beside it. Use it as a context manager."""

    def __init__(self, npy: Path, facts: Path, schema: pa.Schema) -> None:
        """Begin both; the schema has the embeddings, too."""
        kind = schema.field(EMBEDDING).type
        self._npy = NpyFile(npy, kind.list_size, "<f2" if str(kind.value_type) == "halffloat" else "<f4")
        self._dim = kind.list_size
        self._facts = ParquetFile(facts, schema.remove(schema.get_field_index(EMBEDDING)))

    def __enter__(self) -> NpyPart:
        return self

    def __exit__(self, *raised: object) -> None:
        try:
            self._npy.__exit__(*raised)
        finally:
            self._facts.__exit__(*raised)

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        self._npy.write(batch[EMBEDDING].flatten().to_numpy(zero_copy_only=False).reshape(-1, self._dim))
        self._facts.write(batch.drop_columns([EMBEDDING]))


class NpyWriter:
    """Writes FILE.npy, and FILE.parquet beside it."""

    is_folder = False

    def targets(self, target: Path) -> Sequence[Path]:
        """Return both files."""
        return [target, target.with_suffix(".parquet")]

    def owns(self, name: str) -> bool:
        """Return False: there is no folder."""
        return False

    def write(self, parts: Sequence[Path], schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        """Write all rows."""
        with NpyPart(parts[0], parts[1], schema) as file:
            for batch in batches:
                file.write(batch)
