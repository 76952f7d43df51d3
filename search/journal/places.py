"""The folder of what is to be undone, held open: no link that is put in its way can lead undo elsewhere.

Where the system has no descriptors of folders (Windows), its real path is looked at just before instead.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from indexer.files.plain import open_new, reading_plain
from search.journal.undo_checks import Changed

_HOLDS = os.unlink in os.supports_dir_fd and os.rename in os.supports_dir_fd
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder and what can be done with the names in it; all of it raises OSError."""

    folder: Path
    descriptor: int | None

    def status(self, name: str) -> os.stat_result:
        """Return the status of a name, not of what a link leads to."""
        return os.stat(self._path(name), dir_fd=self.descriptor, follow_symlinks=False)

    def link(self, name: str) -> str:
        """Return where a symbolic link leads."""
        return os.readlink(self._path(name), dir_fd=self.descriptor)

    def reading(self, name: str) -> BinaryIO:
        """Open a plain file to read it."""
        return reading_plain(self._path(name), folder=self.descriptor)

    def making(self, name: str) -> BinaryIO:
        """Make a file that is not there, and open it to write."""
        return os.fdopen(open_new(self._path(name), os.O_RDWR, mode=0o600, folder=self.descriptor), "r+b")

    def remove(self, name: str) -> None:
        """Remove a file or link."""
        os.unlink(self._path(name), dir_fd=self.descriptor)

    def remove_folder(self, name: str) -> None:
        """Remove a folder, which is empty."""
        os.rmdir(self._path(name), dir_fd=self.descriptor)

    def replace(self, part: str, name: str) -> None:
        """Give a file the name of another one, which is gone then."""
        both = {"src_dir_fd": self.descriptor, "dst_dir_fd": self.descriptor}
        os.replace(self._path(part), self._path(name), **both)

    def _path(self, name: str) -> str:
        return str(self.folder / name) if self.descriptor is None else name


@contextlib.contextmanager
def held(folder: Path) -> Iterator[Place]:
    """Hold a folder open; raises Changed if its path leads to another one by way of a link, OSError."""
    _check_straight(folder)
    descriptor = os.open(folder, _FOLDER) if _HOLDS else None
    try:
        _check_straight(folder)
        if not _is_same(descriptor, folder):
            raise Changed("its folder has just been changed")
        yield Place(folder, descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _check_straight(folder: Path) -> None:
    if not leads_straight(folder):
        raise Changed("there is a link in its path by now, so it may be another file")


def leads_straight(path: Path) -> bool:
    """Return whether there is no link in a path."""
    return os.path.normcase(os.path.realpath(path)) == os.path.normcase(path)


def _is_same(descriptor: int | None, folder: Path) -> bool:
    """Return whether a path, in which there is no link, is the folder that is held."""
    status = os.lstat(folder)
    return stat.S_ISDIR(status.st_mode) and (descriptor is None or os.path.samestat(os.fstat(descriptor), status))
