"""What a scan finds: picture files with their signatures, and what it left out, and why.

Only records; scan.py makes them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

LARGEST_INTEGER = 2**63 - 1  # that SQLite can store


class FoundFile(NamedTuple):
    """A picture file and the signature that shows whether it has changed."""

    path: str  # relative to the root, with "/", undecodable bytes as surrogates (PEP 383)
    size: int  # bytes
    mtime_ns: int  # nanoseconds since the epoch
    ctime_ns: int | None = None  # of the last change of any kind (on Windows: when it was made); None if not known

    def differs_in_ctime_alone(self, other: FoundFile) -> bool:
        """Return whether the file may have been edited though size and time stamp are those of the other."""
        return self[:3] == other[:3] and self.ctime_ns != other.ctime_ns


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that was left out, and why."""

    path: Path | str  # an address, of what is no file here
    reason: str
    lasting: bool = True  # the file itself is bad; else another try may succeed
    standing: bool = False  # no file at all, but a pipe or a link that leads nowhere: named in each run, if at all


@dataclass(frozen=True, slots=True)
class Unread:
    """A folder or file below the root that could not be examined; what is known below it does not count as gone."""

    path: str  # relative to the root; "" is the root itself


@dataclass(frozen=True, slots=True)
class Away:
    """A picture that a sync client has put away (away.py); what is known of it stays."""

    path: str  # relative to the root, the picture's own


@dataclass(frozen=True, slots=True)
class SkippedLink:
    """A working symbolic link to a folder or picture that was not followed."""

    path: Path


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that could be read with an optional extra installed."""

    path: str  # relative to the root
    extra: str  # raw, jxl, video


Signature = tuple[str, int, int, int | None]  # of a file: what FoundFile holds


class FolderPictures(NamedTuple):
    """The picture files of one folder, as plain tuples, since there are so many."""

    files: list[Signature]


Found = FolderPictures | Unread | Away | SkippedLink | PassedOver
OnProblem = Callable[[Problem], None]


def signature_of(path: str, status: os.stat_result) -> Signature:
    """Return a file's signature as a plain tuple, which marshal can hash: a named one it can't."""
    return path, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def found_file(path: str, status: os.stat_result) -> FoundFile:
    """Return a file with its signature."""
    return storable(signature_of(path, status))


def storable(file: Signature) -> FoundFile:
    """Return a file with time stamps that SQLite can store: from the year 2262 on they don't fit."""
    path, size, mtime_ns, ctime_ns = file
    return FoundFile(path, size, _storable(mtime_ns), None if ctime_ns is None else _storable(ctime_ns))


def _storable(time_ns: int) -> int:
    return max(-LARGEST_INTEGER, min(time_ns, LARGEST_INTEGER))
