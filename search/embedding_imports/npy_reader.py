"""Embeddings in a NumPy file, with what is known of its rows in a Parquet file beside it, in the same order.

The file is mapped into memory and never unpickled: a pickle can run any code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import SourceError
from indexer.paths import readable
from indexer.wording import counted
from search.embedding_imports.parquet_reader import FactsFile
from search.embedding_imports.reading import Rows, readable_to_us

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from indexer.data_sets.description import Description


class NpyReader:
    """A NumPy file (n, dim) beside a Parquet file of n rows."""

    def __init__(self, path: Path, facts: Path) -> None:
        """Read the head and the foot; raises SourceError."""
        self.name = readable(path)
        self._vectors = mapped(path)
        self._facts = FactsFile(facts)
        if self._facts.count != len(self._vectors):
            raise SourceError(
                f"{self.name} has {counted(len(self._vectors), 'embedding', ',')}, and {self._facts.name}"
                f" {counted(self._facts.count, 'row', ',')};"
                " these two do not belong together."
            )

    @property
    def description(self) -> Description | None:
        """The model that the Parquet file names."""
        return self._facts.description

    @property
    def columns(self) -> Sequence[str]:
        """The columns of the Parquet file."""
        return [str(name) for name in self._facts.schema.names]

    @property
    def count(self) -> int:
        """How many rows it has."""
        return len(self._vectors)

    def rows(self) -> Iterator[Rows]:
        """Yield its rows in order; raises SourceError."""
        first = 0
        for batch in self._facts.batches(self.columns):
            end = first + batch.num_rows
            yield Rows(self.name, first, batch, self._vectors[first:end])
            first = end


def mapped(path: Path) -> NDArray[Any]:
    """Return the array (n, dim) of a NumPy file, mapped into memory; raises SourceError."""
    import numpy as np

    name = readable(path)
    with readable_to_us(path, "NumPy file of numbers"):
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind != "f":
        shape = f"of shape {array.shape} and type {array.dtype}" if isinstance(array, np.ndarray) else "an archive"
        raise SourceError(f"{name} is {shape}, and no array of floating numbers with a row for each picture.")
    return array


def facts_beside(path: Path) -> Path:
    """Return the Parquet file that belongs to a NumPy file; raises SourceError if there is none."""
    beside = [path.with_suffix(".parquet")]
    if path.stem.startswith("img_emb"):  # as clip-retrieval lays them out
        name = f"{path.stem.replace('img_emb', 'metadata', 1)}.parquet"
        beside += [path.parent.parent / "metadata" / name, path.with_name(name)]
    found = next((file for file in beside if os.path.isfile(file)), None)
    if found is None:
        raise SourceError(
            f"{readable(path)} does not say whose embeddings it has, and there is no {readable(beside[0].name)} beside"
            " it, a Parquet file with a row for each."
        )
    return found
