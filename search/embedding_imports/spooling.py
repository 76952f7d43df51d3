"""Rows of files, looked at to the last one and laid down in a file of our own, before any is committed.

That file is then mapped into memory, so that all rows can be committed at once without being there. It has no name, so
that nothing is left of it however an import ends. Numbers stay as they are where they can: what fp16 holds comes back
as it was.
"""

from __future__ import annotations

import contextlib
import mmap
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.data_sets.columns import schema_of
from indexer.data_sets.texts import from_column
from indexer.errors import OutputError, SourceError
from indexer.paths import cache_folder, readable
from indexer.store.soundness import MOST_OFF
from search.embedding_imports.findings import Findings
from search.embedding_imports.imported_columns import Addresses, ImportedColumns
from search.embedding_imports.keys import Keys
from search.embedding_imports.reading import PATHS, column_among, refuse_no_texts

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.data_sets.description import Description
    from search.embedding_imports.reading import ColumnNames, Reader, Rows

SOUND = 0.9 * MOST_OFF  # and is stored as it is
ROUNDED = 1e-2  # that the length of an embedding which was scaled in fp16 or bfloat16 may differ from 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """How rows are read."""

    description: Description  # of the library that they are for
    addresses: Addresses
    names: ColumnNames
    normalize: bool = False


@dataclass(frozen=True, slots=True)
class Spooled:
    """Rows that can be committed."""

    rows: int
    without: int  # rows that have no embedding
    repeated: int  # rows that an earlier one says, too
    scaled: int  # embeddings that were given the length 1
    batches: Callable[[], Iterator[pa.RecordBatch]]


@contextlib.contextmanager
def spooled(
    readers: Sequence[Reader], wanted: Wanted, progress: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Spooled]:
    """Read all rows, and yield them once all are sound; raises SourceError, with counts, if one is not."""
    import pyarrow as pa

    total = sum(reader.count for reader in readers)
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(prefix="import-", dir=folder) as file:
        pass_ = _Pass(wanted)
        with _saying_full(folder), pa.ipc.new_file(pa.PythonFile(file, "w"), schema_of(wanted.description)) as writer:
            for reader in readers:
                for batch in pass_.batches(reader):
                    writer.write_batch(batch)
                    progress(min(pass_.read, total), total)
            writer.close()
            file.flush()
        progress(total, total)
        laid = pa.py_buffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        repeated = pass_.keys.repeated(pass_.findings, lambda row: _address(laid, row))
        pass_.findings.raise_any(pass_.read)
        yield Spooled(
            pass_.rows - len(repeated),
            pass_.without,
            len(repeated),
            pass_.scaled,
            lambda: _mapped(laid, repeated),
        )


@contextlib.contextmanager
def _saying_full(folder: Path) -> Iterator[None]:
    """Raise OutputError, with one sentence, where rows can't be laid down."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"The rows can't be looked at, as {readable(folder)}, where they lie meanwhile, can't be written to or is"
            " full; make room there, or name another folder with CLIPSEARCH_CACHE. Nothing was imported."
        ) from error


class _Pass:
    """The one pass over all files."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.findings = Findings()
        self.keys = Keys()
        self.read = self.rows = self.without = self.scaled = 0

    def batches(self, reader: Reader) -> Iterator[pa.RecordBatch]:
        """Yield a file's rows as the library has them."""
        wanted = self.wanted
        path = column_among(reader.columns, wanted.names.path, PATHS, "paths", reader.name)
        columns = ImportedColumns(wanted.description, reader.columns, path, wanted.addresses, self.findings)
        for rows in reader.rows():
            self.read += len(rows.vectors) + rows.without
            self.without += rows.without
            if not len(rows.vectors):
                continue
            refuse_no_texts(rows.facts, rows.where)
            batch = columns.batch(rows, self._sound(rows))
            self.rows += batch.num_rows
            self.keys.add(batch)
            yield batch

    def _sound(self, rows: Rows) -> NDArray[np.float16]:
        """Return embeddings of length 1 in fp16, and note what can't; raises SourceError for other dimensions."""
        import numpy as np

        dim = self.wanted.description.dim
        if rows.vectors.shape[1] != dim:
            raise SourceError(
                f"The embeddings of {rows.where} have {rows.vectors.shape[1]:,} numbers each, and those of"
                f" {self.wanted.description.model} have {dim:,}; they are of another model."
            )
        with np.errstate(all="ignore"):
            vectors = np.array(rows.vectors, dtype=np.float32 if rows.vectors.dtype.itemsize < 8 else np.float64)
            finite = np.isfinite(vectors).all(axis=1)
            lengths = np.asarray(np.linalg.norm(vectors, axis=1))
        off = np.abs(lengths - 1)
        self._note("not finite", np.logical_not(finite), rows)
        self._note("zero", finite & (lengths == 0), rows)
        odd = finite & (lengths > 0) & (off > ROUNDED)
        if not self.wanted.normalize:
            self._note("length", odd, rows)
        scaled = finite & (lengths > 0) & (off > SOUND)
        self.scaled += int(odd.sum())
        vectors[scaled] /= lengths[scaled, np.newaxis]
        with np.errstate(all="ignore"):
            return np.asarray(vectors, dtype=np.float16)

    def _note(self, kind: str, which: NDArray[np.bool_], rows: Rows) -> None:
        """Note rows by the number of the first, from 1 on."""
        if which.any():
            first = rows.first + int(which.argmax()) + 1
            self.findings.note(kind, f"row {first:,} of {rows.where}", int(which.sum()))


def _address(laid: pa.Buffer, row: int) -> str:
    """Return the address of a spooled row."""
    for batch in _mapped(laid, ()):
        if row < batch.num_rows:
            return str(from_column(batch["address"][row].as_py()))
        row -= batch.num_rows
    raise IndexError(row)


def _mapped(laid: pa.Buffer, skipped: Sequence[int] | NDArray[np.int64]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a spooled file but some, whose numbers ascend, without reading them into memory."""
    import numpy as np
    import pyarrow as pa

    numbers, first = np.asarray(skipped, dtype=np.int64), 0
    reader = pa.ipc.open_file(laid)
    for number in range(reader.num_record_batches):
        batch = reader.get_batch(number)
        start, end = np.searchsorted(numbers, [first, first + batch.num_rows])
        first += batch.num_rows
        if start == end:
            yield batch
            continue
        keep = np.ones(batch.num_rows, dtype=bool)
        keep[numbers[start:end] - (first - batch.num_rows)] = False
        yield batch.filter(pa.array(keep))
