"""New content for files outside the library, of many at once, each whole or not at all and in a journal first.

Waiting for the disk takes longer than all else, so it is waited for once for many files: for their new content, under
other names, and what they held before, beside the journal; then for the lines that tell of it. Only then they get
their names.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from indexer.files.content import digest_of
from indexer.files.whole import sync_file
from search.journal.journal import Journal
from search.journal.journal_files import FileState
from search.journal.links_and_copies import refuse_taken, rename_new

THREADS = 16  # a file system stores what several wait for in one go


class ChangedMeanwhile(Exception):
    """A file that was to be replaced is not any more what the new content was made from."""


Refusal = OSError | ChangedMeanwhile


@dataclass(frozen=True, slots=True)
class NewContent:
    """What a file is to hold."""

    path: Path  # of a symbolic link, the file that it leads to is replaced
    old: bytes | None  # that the new content was made from; None for a file that is not there
    new: bytes


def write_file(journal: Journal, path: Path, content: bytes) -> None:
    """Write a new file; raises FileExistsError if the name is taken, OSError, or LibraryError."""
    _write_one(journal, NewContent(path, None, content))


def replace_file(journal: Journal, path: Path, old: bytes, new: bytes) -> None:
    """Give a file another content; its mode and owner stay. Raises ChangedMeanwhile, OSError, or LibraryError."""
    _write_one(journal, NewContent(path, old, new))


def write_files(journal: Journal, contents: Sequence[NewContent]) -> list[Refusal | None]:
    """Write and replace files, and return for each what kept it from that: FileExistsError, ChangedMeanwhile, OSError.

    Raises LibraryError if the journal can't be written, with what was done before in it.
    """
    files = _named(journal, contents)
    with journal.together():
        for file in files:
            journal.unfinished(file.part)
    try:
        for file in files:
            file.attempt(file.store)
        with ThreadPoolExecutor(min(THREADS, len(files) or 1)) as pool:
            list(pool.map(lambda file: file.attempt(file.sync), files))
        with journal.together():
            written = [file for file in files if file.attempt(partial(file.write_down, journal))]
        with journal.together():
            for file in written:
                if not file.attempt(file.place):
                    journal.not_made(file.path)
    finally:
        for file in files:
            with contextlib.suppress(OSError):
                file.part.unlink()
    return [file.refusal for file in files]


def take_after(part: Path, path: Path) -> None:
    """Give a file the owner, mode and access lists of another, as far as the system lets us; its time stays."""
    status = path.stat()
    if hasattr(os, "chown"):
        try:
            os.chown(part, status.st_uid, status.st_gid)
        except OSError:  # only root writes for someone else
            with contextlib.suppress(OSError):
                os.chown(part, -1, status.st_gid)
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(path):
                with contextlib.suppress(OSError):
                    os.setxattr(part, name, os.getxattr(path, name))
    part.chmod(status.st_mode & 0o7777)


@dataclass(slots=True)
class _File:
    """A file on its way to its new content."""

    path: Path
    part: Path  # its name while it is being written
    old: bytes | None
    new: bytes
    refusal: Refusal | None = None

    def attempt(self, step: Callable[[], object]) -> bool:
        """Do a step unless one before failed, and say whether all is well."""
        if self.refusal is None:
            try:
                step()
            except (OSError, ChangedMeanwhile) as error:
                self.refusal = error
        return self.refusal is None

    def store(self) -> None:
        """Write the new content under the other name."""
        if self.old is None:
            refuse_taken(self.path)
        with self.part.open("xb") as file:
            file.write(self.new)
        if self.old is not None:
            take_after(self.part, self.path)

    def sync(self) -> None:
        """Wait until it is on the disk."""
        sync_file(self.part)

    def write_down(self, journal: Journal) -> None:
        """Have the journal know it."""
        state = FileState.of(self.part.stat(), digest_of([self.new]).hex())
        if self.old is None:
            journal.made_file(self.path, state)
        else:
            journal.replaced(self.path, self.old, self.path.stat(), state)

    def place(self) -> None:
        """Give it its name."""
        if self.old is None:
            rename_new(self.part, self.path)
        elif self.path.read_bytes() == self.old:
            os.replace(self.part, self.path)
        else:
            raise ChangedMeanwhile


def _named(journal: Journal, contents: Sequence[NewContent]) -> list[_File]:
    """Return the files with the names under which they are written first."""
    files = []
    numbers: Counter[Path] = Counter()
    for one in contents:
        path = one.path if one.old is None else Path(os.path.realpath(one.path))
        folder = Path(os.path.realpath(path.parent))  # links lead several spellings to one folder
        numbers[folder] += 1
        files.append(_File(path, journal.part(folder, numbers[folder]), one.old, one.new))
    return files


def _write_one(journal: Journal, content: NewContent) -> None:
    for refusal in write_files(journal, [content]):
        if refusal is not None:
            raise refusal
