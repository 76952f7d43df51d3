"""Files that are written as a whole or not at all, even in a power cut."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

PART_PREFIX = ".clipsearch-"  # of the names of files while they are written


def sync_file(path: Path) -> None:
    """Wait until a file is on the disk."""
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until a folder's new names are on the disk, where the system can do that."""
    with contextlib.suppress(OSError):  # Windows opens no folders
        sync_file(folder)


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a new path beside `path` to write to; at the end of the block, that file replaces the one at `path`.

    If the block raises, it leaves nothing behind and what was at `path` stays. Raises OSError.
    """
    part = path.with_name(f"{PART_PREFIX}{os.urandom(4).hex()}.part")
    try:
        yield part
        sync_file(part)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def rename_new(part: Path, path: Path) -> None:
    """Give a file a name that is not taken; raises FileExistsError if it is."""
    if os.name == "nt":
        part.rename(path)  # which fails there if the name is taken
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links, such as exFAT
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "exists", str(path)) from None
        part.rename(path)
    else:
        with contextlib.suppress(OSError):  # it has its name, even in a folder from which nothing can be removed
            part.unlink()
