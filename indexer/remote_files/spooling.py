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
    path = folder / f"large-{os.getpid()}-{os.urandom(8).hex()}"
    try:
        with path.open("xb") as file:
            write(file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
