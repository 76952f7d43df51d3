"""How embeddings get into files: one writer for each layout, behind a protocol.

A writer makes all that it writes under names that `placing.py` gives, and is handed rows as it goes, so that a million
need no more memory than ten thousand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from indexer.addresses import is_url
from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    import pyarrow as pa

Layout = Literal["plain", "clip-retrieval", "img2dataset"]
LAYOUTS: tuple[Layout, ...] = ("plain", "clip-retrieval", "img2dataset")
FILES = (".parquet", ".npy", ".lance")


class Writer(Protocol):
    """Writes rows in one layout."""

    @property
    def is_folder(self) -> bool:
        """Whether it makes one folder, and no files."""

    def targets(self, target: Path) -> Sequence[Path]:
        """Return the files that it makes for the name that was given, or the folder."""

    def owns(self, name: str) -> bool:
        """Return whether a file below its folder, by its relative name, is one that it may have written."""

    def write(self, parts: Sequence[Path], schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        """Write all rows to paths that stand for the targets, of which nothing is there yet; raises OSError."""


def writer_for(target: str, layout: Layout | None = None, rows: int = 0) -> Writer:
    """Return the writer for a file by its suffix, or for a folder, which ends with "/" or is there; of so many `rows`.

    Raises InvalidRequest for a name or layout that fits no other.
    """
    from search.embedding_files.folder_writers import ClipRetrievalFolder, Img2DatasetFolder
    from search.embedding_files.lance_files import LanceWriter
    from search.embedding_files.npy_files import NpyWriter
    from search.embedding_files.parquet_files import ParquetWriter

    if is_url(target):
        raise InvalidRequest("Embeddings are written on this machine; name a file or folder, and copy it from there.")
    suffix = Path(target).suffix.lower()
    if suffix in FILES and not target.endswith("/"):
        if layout not in (None, "plain"):
            raise InvalidRequest(f"The layout {layout} is a folder's; name one such as embeddings/, not {target}.")
        writers: dict[str, Writer] = {".parquet": ParquetWriter(), ".npy": NpyWriter(), ".lance": LanceWriter()}
        return writers[suffix]
    if suffix and not target.endswith("/") and not os.path.isdir(target):
        raise InvalidRequest(
            f"{target} ends with {suffix}; embeddings are written to a FILE.parquet, .npy or .lance, or to a folder,"
            " whose name ends with /."
        )
    if layout == "plain":
        raise InvalidRequest(f"The layout plain is one file; name it {target.rstrip('/')}.parquet, .npy or .lance.")
    return Img2DatasetFolder(rows) if layout == "img2dataset" else ClipRetrievalFolder(rows)
