"""The bytes of a file and the hash that identifies them.

The hash is XXH3-128 over the whole file: on 4 MB it takes 0.1 ms where BLAKE3 takes 0.7 ms (`benchmarks/indexing.py`
prints both), and at 128 bits there are no chance collisions. It is no defence against forged collisions; the worst
that a forged file can do is pass for a copy of another.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from indexer.errors import PictureError, UnreachablePicture, reason_of
from indexer.files.away import is_away, is_marked
from indexer.files.foreign import Unfit, open_foreign
from indexer.files.found import FoundFile, found_file

MOST_IN_MEMORY = 256 * 1024 * 1024  # bytes; a larger file is hashed piece by piece and decoded from the disk
SPOOL_PREFIX, SPOOL_LOCK = "clipsearch-spool-", "lock"  # of temporary folders, in use while their lock is held
PIECE = 4 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes, ready to be decoded, and what identifies them."""

    source: BinaryIO
    file: FoundFile  # with the signature it had when it was read
    digest: bytes  # 16 bytes


@contextmanager
def read_content(root: Path, path: str) -> Iterator[Content]:
    """Read and hash a file; `source` gives exactly the bytes that were hashed.

    Raises PictureError for an empty file and for what is not a regular file, UnreachablePicture if the system does
    not give its bytes or it changes meanwhile.
    """
    try:
        with open_foreign(root / path) as file:
            before = os.fstat(file.fileno())
            _check(before)
            if before.st_size <= MOST_IN_MEMORY:
                content = file.read()
                source: BinaryIO = io.BytesIO(content)
                digest = digest_of([content])
            else:
                source, digest = file, digest_of(pieces(file))
                file.seek(0)
            if _signature(os.fstat(file.fileno())) != _signature(before):
                raise UnreachablePicture("it changed while it was read")
            yield Content(source, found_file(path, before), digest)
    except Unfit as error:
        raise PictureError(str(error)) from error
    except OSError as error:
        raise UnreachablePicture(reason_of(error)) from error


def digest_if_unchanged(path: Path, expected: FoundFile) -> bytes | None:
    """Return the hash of a file's bytes; None if they can't be read or its signature is not the expected one."""
    try:
        with open_foreign(path) as file:
            digest = digest_of(pieces(file))
            actual = found_file(expected.path, os.fstat(file.fileno()))
    except (OSError, Unfit):
        return None
    return digest if actual == expected else None


def is_unchanged(path: Path, known: FoundFile, digest: bytes | None) -> bool:
    """Return whether the file at a path is the known one, with these bytes.

    It is read only if nothing but its ctime differs, as after a change of permissions. What is away is not read: it
    is taken to be the known one.
    """
    try:
        status = path.stat()
    except OSError:
        return is_away(path)
    actual = found_file(known.path, status)
    if actual == known or (actual[:3] == known[:3] and (known.ctime_ns is None or is_marked(status))):
        return True
    return actual.differs_in_ctime_alone(known) and digest is not None and digest_if_unchanged(path, actual) == digest


def digest_of(parts: Iterable[bytes]) -> bytes:
    """Return the XXH3-128 (16 bytes) of bytes that come in parts."""
    import xxhash

    state = xxhash.xxh3_128()
    for part in parts:
        state.update(part)
    return state.digest()


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of an open file in pieces, so that a large one does not fill the memory."""
    while piece := file.read(PIECE):
        yield piece


def _check(status: os.stat_result) -> None:
    """Raise PictureError if there is no content to decode."""
    if is_marked(status):
        raise UnreachablePicture("it is away: its bytes are in the cloud, not on this machine")
    if status.st_size == 0:
        raise PictureError("the file is empty")


def _signature(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns
