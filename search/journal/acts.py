"""An act as a line of a journal says it: what was made or replaced, and in which state.

Lines of someone else may hold anything, so each field is looked at: whatever is not as journal.py writes it is damage.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.paths import from_fields, to_fields
from search.journal.journal_files import ACTS, FileState, Line

MOST = 1 << 128  # of sizes, times and inodes
SEEN = 5  # numbers that show whether an original is as it was


class BadLine(Exception):
    """A line that is not as journals are written."""


@dataclass(frozen=True, slots=True)
class Original:
    """The file that another is a copy of, or a link to."""

    path: Path
    seen: tuple[int, ...] | None = None  # its device, inode, size, mtime and ctime when it was copied

    @classmethod
    def of(cls, path: Path, status: os.stat_result) -> Original:
        """Return the original of a copy that has just been made, from the original's status."""
        return cls(path, seen(status))

    def fields(self) -> Line:
        """Return it as fields of a line."""
        return {**to_fields(str(self.path)), **({} if self.seen is None else {"seen": self.seen})}


def seen(status: os.stat_result) -> tuple[int, ...]:
    """Return what shows that a file's bytes are the same as before, as far as a status can."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@dataclass(frozen=True, slots=True)
class Old:
    """The content that a file had before, in the file beside the journal."""

    at: int
    size: int  # bytes
    sha256: str | None  # None in journals of earlier versions
    mtime_ns: int
    mode: int


@dataclass(frozen=True, slots=True)
class Act:
    """What was made or replaced."""

    op: str
    path: Path
    state: FileState | None = None  # of a file
    hard: bool = False  # whether it is a hard link
    original: Original | None = None
    old: Old | None = None  # of a file that was replaced


def act_of(line: Line) -> Act | None:
    """Return what a line says was made, None if it is a line of another kind; raises BadLine."""
    op = line.get("op")
    if op not in ACTS:
        return None
    path = path_of(line)
    try:
        state = _state(line) if op in ("file", "replaced") else None
        original = _original(line["original"]) if op == "link" or "original" in line else None
        return Act(op, path, state, line.get("hard") is True, original, _old(line) if op == "replaced" else None)
    except KeyError as missing:
        raise BadLine from missing


def path_of(fields: Any) -> Path:
    """Return the path in a line's fields, which is absolute and ends with a name; raises BadLine."""
    path = _any_path(fields)
    if not path.is_absolute() or path.name in ("", ".."):
        raise BadLine
    return path


def _any_path(fields: Any) -> Path:
    if not isinstance(fields, dict) or not isinstance(fields.get("path"), str):
        raise BadLine
    try:
        name = from_fields(fields)
        os.fsencode(name)
    except (ValueError, TypeError) as error:  # no Base64, or of no encoding
        raise BadLine from error
    if not name or "\0" in name:
        raise BadLine
    return Path(name)


def is_within(path: Path, folders: Collection[Path]) -> bool:
    """Return whether a path is one of these folders, or in one of them."""
    return path in folders or any(parent in folders for parent in path.parents)


def _state(line: Line) -> FileState:
    numbers = {name: _number(line[name]) for name in ("size", "mtime_ns", "inode")}
    device = None if line.get("device") is None else _number(line["device"])
    digest = line.get("digest")
    if not (digest is None or isinstance(digest, str)):
        raise BadLine
    return FileState(numbers["size"], numbers["mtime_ns"], numbers["inode"], digest, device)


def _original(fields: Any) -> Original:
    path = _any_path(fields)
    status = fields.get("seen")
    if status is None:
        return Original(path)
    if not isinstance(status, list) or len(status) != SEEN:
        raise BadLine
    return Original(path, tuple(map(_number, status)))


def _old(line: Line) -> Old:
    digest = line.get("old_sha256")
    if not (digest is None or isinstance(digest, str)):
        raise BadLine
    at, size = _number(line["old_at"]), _number(line["old_size"])
    if at < 0 or size < 0:
        raise BadLine
    return Old(at, size, digest, _number(line["was_mtime_ns"]), _number(line["was_mode"]) & 0o777)


def _number(value: Any) -> int:
    if type(value) is not int or not -MOST < value < MOST:
        raise BadLine
    return value
