"""A journal on the disk: its lines, the names of what is beside it, and the lock that holds it.

A journal is a file of JSON lines, whose `op` says what was made; journal.py writes them, recorded.py says whether they
are this user's own. The old bytes of a replaced file are in the file beside the journal, where its line says.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from indexer.errors import LibraryBusy
from indexer.files.plain import reading_plain, refuse_linked_lock
from indexer.files.whole import PART_PREFIX
from indexer.paths import from_fields

FOLDER = "journal"
LONGEST_LINE = 1 << 20  # bytes; two paths of the greatest length are far less
FILES = ("file", "link", "replaced")  # the lines of files that were made or replaced
MADE = ("folder", *FILES)  # the lines of all that was made or replaced
ACTS = ("unfinished", *MADE)  # the lines of all that may be there

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileState:
    """What shows whether a file is still as it was made."""

    size: int  # bytes
    mtime_ns: int
    inode: int
    digest: str | None = None  # XXH3-128 of its bytes, in hexadecimal; None for a hard link
    device: int | None = None  # None in journals of earlier versions

    @classmethod
    def of(cls, status: os.stat_result, digest: str | None = None) -> FileState:
        """Return the state of a file from its status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino, digest, status.st_dev)

    def fields(self) -> Line:
        """Return the state as fields of a line."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_fields(cls, line: Mapping[str, Any]) -> FileState:
        """Return the state that `fields` wrote."""
        return cls(**{name: line.get(name) for name in cls.__slots__})  # type: ignore[arg-type]


def action_id(journal: Path) -> str:
    """Return the id of a journal's action, the last part of its name."""
    return journal.stem.rpartition("-")[2]


def part_file(folder: Path, action: str, number: int = 1) -> Path:
    """Return the name in a folder of a file that an action is writing."""
    return folder / f"{PART_PREFIX}{action}{'' if number == 1 else f'-{number}'}.part"


@contextlib.contextmanager
def holding(journal: Path) -> Iterator[None]:
    """Hold a journal for the with-block, or until the process ends.

    Raises LibraryBusy if another process holds it, OSError if it can't be held at all.
    """
    from filelock import FileLock, Timeout

    file = journal.with_suffix(".lock")
    refuse_linked_lock(file)
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LibraryBusy(
            f"{action_id(journal)} is still under way in another process; wait until it has ended, or stop it."
        ) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink()
        lock.release()


def old_file(journal: Path) -> Path:
    """Return the file beside a journal that keeps the old bytes of replaced files."""
    return journal.with_suffix(".old")


def read_lines(file: Path) -> Iterator[Line]:
    """Yield the lines of a journal that are objects, whoever wrote them, without one that a crash cut off."""
    with reading_plain(file) as opened:
        for _, text in whole_lines(opened):
            if (line := line_of(text)) is not None:
                yield line


def whole_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield where each line begins, and the line without its end; at one that is too long, an empty one and no more."""
    start = 0
    while text := file.readline(LONGEST_LINE):
        if not text.endswith(b"\n"):
            if len(text) == LONGEST_LINE:
                yield start, b""
            return
        yield start, text[:-1]
        start += len(text)


def line_of(text: bytes) -> Line | None:
    """Return the object that a line is; None if it is damaged or something else."""
    try:
        line = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def original_of(line: Mapping[str, Any]) -> str | None:
    """Return the file that a line's file was copied from or linked to."""
    return from_fields(line["original"]) if "original" in line else None
