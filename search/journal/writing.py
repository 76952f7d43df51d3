"""New content for many files outside the library, each replaced whole or not at all, and recorded in a journal first.

Waiting for the disk takes most of the time, so many files wait together: for their new content, under other names, and
their old content, beside the journal; then for the journal's lines. Only then do they get their names.
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
from indexer.files.whole import rename_new, sync_file
from search.journal.journal import Journal
from search.journal.journal_files import FileState
from search.journal.links_and_copies import refuse_taken

THREADS = 16  # the file system syncs files together if several threads wait for them


class ChangedMeanwhile(Exception):
    """A file to replace no longer has the content from which the new one was made."""


Refusal = OSError | ChangedMeanwhile


@dataclass(frozen=True, slots=True)
class NewContent:
    """The new content of a file."""

    path: Path  # if it is a symbolic link, the file that it leads to is replaced
    old: bytes | None  # from which the new content was made; None for a new file
    new: bytes


def write_file(journal: Journal, path: Path, new: bytes, old: bytes | None = None) -> None:
    """Write a new file, or replace the old content of one, whose mode and owner stay.

    Raises FileExistsError if the name of a new file is taken, ChangedMeanwhile, OSError, or LibraryError.
    """
    for refusal in write_files(journal, [NewContent(path, old, new)]):
        if refusal is not None:
            raise refusal


def write_files(journal: Journal, contents: Sequence[NewContent]) -> list[Refusal | None]:
    """Write and replace files, and return for each why it was not: FileExistsError, ChangedMeanwhile, OSError, or None.

    Raises LibraryError if the journal can't be written; it then records what was done before.
    """
    files = _with_parts(journal, contents)
    with journal.together():
        for file in files:
            journal.allow(file.path.parent)
            journal.unfinished(file.part)
    try:
        for file in files:
            file.attempt(file.store)
        with ThreadPoolExecutor(min(THREADS, len(files) or 1)) as pool:
            list(pool.map(lambda file: file.attempt(file.sync), files))
        with journal.together():
            recorded = [file for file in files if file.attempt(partial(file.record, journal))]
        with journal.together():
            for file in recorded:
                if not file.attempt(file.rename):
                    journal.not_made(file.path)
    finally:
        for file in files:
            with contextlib.suppress(OSError):
                file.part.unlink()
    return [file.refusal for file in files]


def take_after(part: Path | int, path: Path | int) -> None:
    """Give a file the owner, mode and extended attributes of another, as far as the system allows."""
    status = os.stat(path)  # noqa: PTH116  # both may be descriptors
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
    os.chmod(part, status.st_mode & 0o7777)  # noqa: PTH101


@dataclass(slots=True)
class _File:
    """A file on its way to its new content."""

    path: Path
    part: Path  # its name while it is being written
    old: bytes | None
    new: bytes
    refusal: Refusal | None = None

    def attempt(self, step: Callable[[], object]) -> bool:
        """Do a step unless an earlier one failed, and return whether all went well."""
        if self.refusal is None:
            try:
                step()
            except (OSError, ChangedMeanwhile) as error:
                self.refusal = error
        return self.refusal is None

    def store(self) -> None:
        """Write the new content to the part."""
        if self.old is None:
            refuse_taken(self.path)
        with self.part.open("xb") as file:
            file.write(self.new)
        if self.old is not None:
            take_after(self.part, self.path)

    def sync(self) -> None:
        """Wait until the part is on the disk."""
        sync_file(self.part)

    def record(self, journal: Journal) -> None:
        """Record in the journal that the file is about to be there."""
        state = FileState.of(self.part.stat(), digest_of([self.new]).hex())
        if self.old is None:
            journal.made_file(self.path, state)
        else:
            journal.replaced(self.path, self.old, self.path.stat(), state)

    def rename(self) -> None:
        """Give the part the file's name."""
        if self.old is None:
            rename_new(self.part, self.path)
        elif self.path.read_bytes() == self.old:
            os.replace(self.part, self.path)
        else:
            raise ChangedMeanwhile


def _with_parts(journal: Journal, contents: Sequence[NewContent]) -> list[_File]:
    """Return the files with the names under which they are written first."""
    files = []
    numbers: Counter[Path] = Counter()
    for content in contents:
        path = content.path if content.old is None else Path(os.path.realpath(content.path))
        folder = Path(os.path.realpath(path.parent))  # the same one by whatever links
        numbers[folder] += 1
        files.append(_File(path, journal.part(folder, numbers[folder]), content.old, content.new))
    return files
