"""Exporting the embeddings of a library, or of the pictures that pass filters, with what it knows of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.data_sets.columns import EMBEDDING
from indexer.errors import OutputError
from indexer.paths import readable
from search.embedding_files.added_columns import Labels, Projection
from search.embedding_files.exported_columns import ExportedColumns, Precision
from search.embedding_files.placing import check_targets, placing
from search.embedding_files.writing import Layout, writer_for
from search.filters.filters import NO_FILTERS, Filters

if TYPE_CHECKING:
    import pyarrow as pa

    from search.data_sets.contract import DataSet
    from search.embedding_files.exported_columns import Added

READ_ROWS = 8192  # at once


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is exported, and how."""

    target: str  # a file by its suffix, or a folder
    filters: Filters = NO_FILTERS
    layout: Layout | None = None
    precision: Precision | None = None  # by default fp16 in NumPy files, and else fp32, which every program reads
    projection: bool = False
    labels: Labels | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported."""

    rows: int
    targets: tuple[Path, ...]
    action: str  # for undo; "" where there is none


def export_embeddings(
    pictures: DataSet, request: ExportRequest, library: Path | None, progress: Callable[[int, int], None] = _silent
) -> Exported:
    """Write what is asked for; without any picture nothing is written. `library` is the folder with the journal.

    Raises InvalidRequest, FolderError, OutputError, LibraryError, and what the filters raise.
    """
    total = pictures.count(request.filters)
    writer = writer_for(request.target, request.layout, total)
    target = Path(os.path.expanduser(request.target))  # noqa: PTH111  # "~name" may be a file's name
    if not total:
        return Exported(0, (), "")
    check_targets(writer, [path.absolute() for path in writer.targets(target)], request.force)
    columns = ExportedColumns(pictures.description, _precision(request), tuple(_added(pictures, request)))
    counted = _Counted(total, progress)
    try:
        with placing(writer, target, library, request.force) as placed:
            rows = pictures.scan(None, request.filters, READ_ROWS)
            writer.write(placed.parts, columns.schema(), counted.told(map(columns.batch, rows)))
    except OSError as error:
        raise OutputError(
            f"{readable(target)} can't be written ({_reason(error)}); free some space, check the permissions or give"
            " another name."
        ) from error
    return Exported(counted.rows, tuple(placed.targets), placed.action)


class _Counted:
    """Counts rows as they pass."""

    def __init__(self, total: int, progress: Callable[[int, int], None]) -> None:
        self.rows, self._total, self._progress = 0, total, progress

    def told(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield batches, and tell how many rows are done."""
        for batch in batches:
            yield batch
            self.rows += batch.num_rows
            self._progress(min(self.rows, self._total), self._total)
        self._progress(self._total, self._total)


def _precision(request: ExportRequest) -> Precision:
    if request.precision is not None:
        return request.precision
    name = request.target.lower()
    in_numpy = request.layout != "img2dataset" and not name.endswith((".parquet", ".lance"))
    return "fp16" if in_numpy else "fp32"


def _added(pictures: DataSet, request: ExportRequest) -> Iterator[Added]:
    """Yield what an export has besides."""
    if request.projection:
        yield Projection.of_rows(pictures.scan([EMBEDDING], request.filters, READ_ROWS), pictures.description.dim)
    if request.labels is not None:
        yield request.labels


def _reason(error: OSError) -> str:
    """Return in a few words what the system said; libraries put whole sentences there."""
    return os.strerror(error.errno).lower() if error.errno else "the disk may be full"
