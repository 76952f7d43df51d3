"""Room for new files: the least recently used ones of a folder go.

Files are spread evenly over 256 folders, and each has its part of the room for itself, so that never more than one of
them has to be looked through: 500 files of 130,000.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from indexer.files.whole import PART_PREFIX

SHARDS = 256  # folders, named 00 to ff
BLOCK = 4096  # bytes in which disks give out room
KEPT_PART = 15 / 16  # of its room, that a folder has after files went: so they don't go one by one
LEFT_OVER_SECONDS = 3600.0  # after which an unfinished file is taken for that of a killed process


class Entry(NamedTuple):
    """A kept file."""

    name: str
    bytes: int  # on the disk
    used: float  # seconds since 1970


def make_room(folder: Path, room: int, spared: str) -> None:
    """Remove what was least recently used from one folder if its files take more than its room; one is `spared`.

    A time to come counts as long ago: it was noted while a clock was wrong, and may never be reached.
    """
    now = time.time()
    files = list(_shard_entries(folder, now))
    taken = sum(file.bytes for file in files)
    if taken <= room:
        return
    files.sort(key=lambda file: file.used if file.used <= now + LEFT_OVER_SECONDS else 0.0)
    for file in files:
        if taken <= room * KEPT_PART:
            return
        if file.name != spared:
            _remove(folder / file.name)
            taken -= file.bytes


def entries(folder: Path) -> Iterator[Entry]:
    """Yield all files below the folder that holds the 256."""
    now = time.time()
    for shard in range(SHARDS):
        yield from _shard_entries(folder / f"{shard:02x}", now)


def _shard_entries(folder: Path, now: float) -> Iterator[Entry]:
    """Yield the files of one folder, without what is not ours; what killed processes left is removed."""
    try:
        found = list(os.scandir(folder))
    except OSError:  # not made yet, or not readable
        return
    for entry in found:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:  # another process removed it
            continue
        if entry.name.startswith(PART_PREFIX):
            if abs(now - status.st_mtime) > LEFT_OVER_SECONDS:
                _remove(folder / entry.name)
        elif entry.name.endswith(".webp") and stat.S_ISREG(status.st_mode):
            yield Entry(entry.name, -(-status.st_size // BLOCK) * BLOCK, status.st_mtime)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # another process was quicker, or the folder can't be written
        path.unlink()
