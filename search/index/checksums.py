"""Whether an index file is byte for byte what was written.

FAISS takes a file at its word: a flipped bit is a wrong answer, and a flipped length ends the process. So a file is
hashed before FAISS sees it, each time it is opened: XXH3 over a mapped file of 220 MB, a million pictures, takes 16 ms
while FAISS itself is being loaded.
"""

from __future__ import annotations

import mmap
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.store.models import StoredModel
from indexer.store.store import Store

READ_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it was written."""

    path: Path
    size: int  # bytes
    crc32: int  # of a file from before m021, else 0
    xxh3: bytes | None  # XXH3-128

    @property
    def has_its_size(self) -> bool:
        """Whether it is there with the size that it was written with, without reading it."""
        try:
            return self.path.is_file() and self.path.stat().st_size == self.size
        except OSError:
            return False

    @property
    def is_intact(self) -> bool:
        """Whether it is byte for byte as it was written."""
        if not self.has_its_size:
            return False
        try:
            if self.xxh3 is None:
                return _crc32_of(self.path) == self.crc32
            return xxh3_of(self.path) == self.xxh3
        except (OSError, ValueError):
            return False


def written_file(store: Store, model: StoredModel) -> Written | None:
    """Return a model's file as it was written; None if the library names none, or what is no name of ours."""
    row = store.db.execute(
        "SELECT name, bytes, crc32, xxh3 FROM index_files WHERE model = ? AND name IS NOT NULL", [model.id]
    ).fetchone()
    if row is None or store.folder is None or not is_index_name(row[0]):
        return None
    return Written(store.folder / row[0], *row[1:])


def is_index_name(name: Any) -> bool:
    """Return whether a value is the name of an index file, and not of something elsewhere."""
    return type(name) is str and re.fullmatch(r"model-[\w-]+\.faiss", name, re.ASCII) is not None


def add_missing_checksum(store: Store, model: StoredModel) -> None:
    """Give a file from before m021 the checksum that is quicker to compare, if it is intact."""
    file = written_file(store, model)
    if file is not None and file.xxh3 is None and not store.read_only and file.is_intact:
        with store.writing():
            store.db.execute(
                "UPDATE index_files SET xxh3 = ? WHERE model = ? AND name = ?",
                [xxh3_of(file.path), model.id, file.path.name],
            )


def xxh3_of(path: Path) -> bytes:
    """Return the XXH3-128 of a file; raises ValueError for an empty one."""
    import xxhash

    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return xxhash.xxh3_128_digest(content)


def _crc32_of(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(READ_AT_ONCE):
            checksum = zlib.crc32(block, checksum)
    return checksum
