"""A journal on the disk: its lines, the old bytes beside it, and the lock that holds it.

A journal is a file of JSON lines, whose `op` says what was made; journal.py writes them. The old bytes of a replaced
file are in the file beside the journal, where its line says.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import LibraryBusy
from indexer.files.whole import PART_PREFIX
from indexer.paths import from_fields
from indexer.store.store import now

FOLDER = "journal"
FILES = ("file", "link", "replaced")  # the lines of files that were made or replaced
MADE = ("folder", *FILES)  # the lines of all that was made or replaced

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileState:
    """What shows whether a file is still as it was made."""

    size: int  # bytes
    mtime_ns: int
    inode: int
    digest: str | None = None  # XXH3-128 of its bytes, in hexadecimal; None for a hard link

    @classmethod
    def of(cls, status: os.stat_result, digest: str | None = None) -> FileState:
        """Return the state of a file from its status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino, digest)

    def fields(self) -> Line:
        """Return the state as fields of a line."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_fields(cls, line: Mapping[str, Any]) -> FileState:
        """Return the state that `fields` wrote."""
        return cls(**{name: line[name] for name in cls.__slots__})


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


def old_bytes(journal: Path, line: Mapping[str, Any]) -> bytes:
    """Return the old bytes of a line's file; raises OSError if they are not there."""
    with old_file(journal).open("rb") as file:
        file.seek(line["old_at"])
        old = file.read(line["old_size"])
    if len(old) < line["old_size"]:
        raise OSError(errno.EIO, "its old content is not in the journal")
    return old


def read_lines(file: Path) -> Iterator[Line]:
    """Yield the whole lines of a journal; a crash may have cut off the last one."""
    for text in file.read_bytes().splitlines():
        try:
            yield json.loads(text)
        except ValueError:
            continue  # what it would record was not begun


def mark_undone(file: Path, kept: int) -> None:
    """Record that a journal's action was undone, except for so many files that were kept."""
    line = json.dumps({"op": "undone", "at": now(), "kept": kept}).encode("ascii") + b"\n"
    with file.open("ab") as journal:
        journal.write(line if _ends_with_whole_line(file) else b"\n" + line)
        journal.flush()
        os.fsync(journal.fileno())


def original_of(line: Mapping[str, Any]) -> str | None:
    """Return the file that a line's file was copied from or linked to."""
    return from_fields(line["original"]) if "original" in line else None


def _ends_with_whole_line(file: Path) -> bool:
    content = file.read_bytes()
    return not content or content.endswith(b"\n")
