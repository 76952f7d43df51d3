"""Walk a root and name the picture files in it.

Only looks at directory entries; opens no file. Symbolic links are not followed, so nothing is found twice
and no loop can trap the walk; a link that loops or leads nowhere is reported.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.formats import PICTURE_SUFFIXES

SYSTEM_FOLDERS = frozenset({"@eaDir", "#recycle", "$RECYCLE.BIN", "node_modules"})

LARGEST = 2**63 - 1  # what SQLite's INTEGER holds; a time stamp of the year 2262 or later does not fit


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A picture file and the signature that tells whether it has changed."""

    path: str  # relative to the root, with "/", undecodable bytes as surrogates (PEP 383)
    size: int  # bytes
    mtime_ns: int  # nanoseconds since the epoch


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was left out, and why."""

    path: Path
    reason: str
    lasting: bool = True  # not just this time: the file itself is bad


@dataclass(frozen=True, slots=True)
class Unread:
    """A folder or file below the root that could not be examined; what is known below it is not gone."""

    path: str  # relative to the root; "" is the root itself


@dataclass(frozen=True, slots=True)
class SkippedLink:
    """A sound symbolic link to a folder or picture, which is not followed."""

    path: Path


def scan(root: Path, below: str, report: Callable[[Problem], None]) -> Iterator[FoundFile | Unread | SkippedLink]:
    """Yield the picture files of the subtree `below` ("" for all) of a root, folder by folder, sorted by name.

    Hidden entries (".name", and with them "._name") and system folders are passed over.
    """
    pending = [below]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            report(Problem(root / folder, f"the folder can't be read: {error.strerror}"))
            yield Unread(folder)
            continue
        subfolders = []
        for entry in entries:
            relative = f"{folder}/{entry.name}" if folder else entry.name
            if is_passed_over(entry.name):
                continue
            if entry.is_symlink():
                yield from _link(entry, report)
            elif entry.is_dir(follow_symlinks=False):
                subfolders.append(relative)
            elif _is_picture_name(entry.name):
                yield from _signature(entry, relative, report)
        pending.extend(reversed(subfolders))


def found_file(path: str, status: os.stat_result) -> FoundFile:
    """Return a file with its signature."""
    return FoundFile(path, status.st_size, max(-LARGEST, min(status.st_mtime_ns, LARGEST)))


def is_passed_over(name: str) -> bool:
    """Return whether entries of this name are left out: hidden ones and system folders."""
    return name.startswith(".") or name in SYSTEM_FOLDERS


def _is_picture_name(name: str) -> bool:
    """Return whether the name ends like a picture's."""
    return os.path.splitext(name)[1].lower() in PICTURE_SUFFIXES


def _signature(
    entry: os.DirEntry[str], relative: str, report: Callable[[Problem], None]
) -> Iterator[FoundFile | Unread]:
    """Yield a regular file with its signature; report what is named like a picture but is none."""
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        report(Problem(Path(entry.path), f"the file can't be examined: {error.strerror}"))
        yield Unread(relative)
        return
    if stat.S_ISREG(status.st_mode):
        yield found_file(relative, status)
    else:
        report(Problem(Path(entry.path), "not a regular file"))


def _link(entry: os.DirEntry[str], report: Callable[[Problem], None]) -> Iterator[SkippedLink]:
    """Yield a sound link; report one that leads nowhere, in circles, or back up to a folder that holds it."""
    path = Path(entry.path)
    try:
        target = os.path.realpath(path, strict=True)
    except OSError as error:
        circular = error.errno == errno.ELOOP
        if circular or _is_picture_name(entry.name):
            report(Problem(path, "a symbolic link loop" if circular else "a broken symbolic link"))
        return
    leads_to_folder = os.path.isdir(target)
    if leads_to_folder and Path(os.path.realpath(path.parent)).is_relative_to(target):
        report(Problem(path, "a symbolic link loop"))
    elif leads_to_folder or _is_picture_name(entry.name):
        yield SkippedLink(path)
