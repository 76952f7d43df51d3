"""Where what is too large for the memory is put while a shard is read."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from indexer.files.content import MOST_IN_MEMORY, SPOOL_LOCK, SPOOL_PREFIX
from indexer.remote_files.objects import Sink

UNSTATED_IN_MEMORY = 16 * 1024 * 1024  # bytes of what no size is known of before, of which many are fetched at once


@contextmanager
def spool_folder(named: Path | None) -> Iterator[Path]:
    """Give the folder that was named, which stays, or one of its own, which is gone at the end of the block."""
    if named is not None:
        yield named
        return
    from filelock import FileLock

    folder = Path(tempfile.mkdtemp(prefix=SPOOL_PREFIX))
    try:
        with FileLock(folder / SPOOL_LOCK):  # else a run would take it for what a killed one left
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def content_of(write: Callable[[BinaryIO], object], size: int, folder: Path) -> bytes | Path:
    """Return what `write` writes: bytes, or if it is large a new file in a folder."""
    if size <= MOST_IN_MEMORY:
        taken = BytesIO()
        write(taken)
        return taken.getvalue()
    path = _new_file(folder)
    try:
        with path.open("xb") as file:
            write(file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def content_of_any_size(write: Callable[[Sink], object], folder: Path) -> bytes | Path:
    """Return what `write` writes, of which nobody says before how much that is: bytes, or a new file in a folder."""
    path = _new_file(folder)
    try:
        with _Growing(path) as taken:
            write(taken)
            return taken.content()
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _new_file(folder: Path) -> Path:
    return folder / f"large-{os.getpid()}-{os.urandom(8).hex()}"


class _Growing:
    """Bytes in the memory, which go to a file when they become many."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken: BinaryIO = BytesIO()

    def __enter__(self) -> _Growing:
        return self

    def __exit__(self, *_: object) -> None:
        self._taken.close()

    def write(self, piece: bytes) -> int:
        """Take some."""
        if isinstance(self._taken, BytesIO) and self._taken.tell() + len(piece) > UNSTATED_IN_MEMORY:
            held, self._taken = self._taken.getvalue(), self._path.open("xb")
            self._taken.write(held)
        return self._taken.write(piece)

    def content(self) -> bytes | Path:
        """Return what was taken."""
        if isinstance(self._taken, BytesIO):
            return self._taken.getvalue()
        self._taken.flush()
        return self._path
