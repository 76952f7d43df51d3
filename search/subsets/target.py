"""The new folder that a data set is written to: nothing is overwritten, all can be undone, originals are only read."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import FolderError
from indexer.paths import absolute, readable
from search.journal.links_and_copies import (
    OriginalUnreadable,
    copy_file,
    hard_link,
    link_together,
    make_folders,
    new_file,
    symbolic_link,
)
from search.journal.os_errors import NO_HARD_LINKS
from search.journal.writing import write_file
from search.subsets.contents import Contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from search.journal.journal import Journal
    from search.subsets.subset import SubsetPicture

LINKED_AT_ONCE = 64  # for which the journal waits together


@dataclass(slots=True)
class Written:
    """What was written so far."""

    pictures: int = 0
    symbolic: int = 0  # of these, linked so
    problems: list[tuple[Path | str, str]] = field(default_factory=list)  # a picture that can't be read, and why


class Target:
    """The folder of a data set that is being written, recorded in a journal."""

    def __init__(self, journal: Journal, folder: Path, link: bool, report: Callable[[int], None]) -> None:
        """Take a folder that is empty or not there; `link` says that pictures are linked and not copied."""
        self.folder = folder
        self.written = Written()
        self._journal = journal
        self._link = link
        self._report = report
        self._contents = Contents()

    def close(self) -> None:
        """Close what pictures are read from."""
        self._contents.close()

    def put(self, planned: Sequence[tuple[SubsetPicture, str]]) -> Iterator[tuple[SubsetPicture, str]]:
        """Put pictures below names in the folder, and yield those that could be read; raises OSError."""
        for start in range(0, len(planned), LINKED_AT_ONCE):
            some = planned[start : start + LINKED_AT_ONCE]
            for folder in dict.fromkeys((self.folder / name).parent for _, name in some):
                make_folders(self._journal, folder)
            some = [(picture, name) for picture, name in some if self._is_as_indexed(picture)]
            linked = self._linked_together(some) if self._link else {}
            for picture, name in some:
                path = self.folder / name
                if path in linked:
                    self._note(linked[path])
                elif not self._put(picture, path):
                    continue
                yield picture, name

    def content_of(self, picture: SubsetPicture) -> bytes | None:
        """Return the bytes of a picture that go into a file with others, or None and note why it can't be read."""
        try:
            content = self._contents.bytes_of(picture)
        except OriginalUnreadable as error:
            self._note_problem(picture, str(error))
            return None
        self._note()
        return content

    def write(self, name: str, content: str) -> None:
        """Write a file that says something of the pictures; raises OSError."""
        path = self.folder / name
        make_folders(self._journal, path.parent)
        write_file(self._journal, path, content.encode("utf-8"))

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """Give a file to write to, which appears when it is whole, and not at all if it stays empty; raises OSError."""
        path = self.folder / name
        make_folders(self._journal, path.parent)
        with new_file(self._journal, path) as file:
            yield file

    def _linked_together(self, planned: Sequence[tuple[SubsetPicture, str]]) -> dict[Path, str]:
        pairs = [(picture.where, self.folder / name) for picture, name in planned if isinstance(picture.where, Path)]
        return link_together(self._journal, pairs, "auto")

    def _is_as_indexed(self, picture: SubsetPicture) -> bool:
        """Return whether a file of this machine is what the library says, and note why not."""
        try:
            self._contents.check(picture)
        except OriginalUnreadable as error:
            self._note_problem(picture, str(error))
            return False
        return True

    def _put(self, picture: SubsetPicture, path: Path) -> bool:
        """Put one picture at a path, and return whether it could be read."""
        try:
            if not isinstance(picture.where, Path):
                write_file(self._journal, path, self._contents.bytes_of(picture))
                how = "copy"
            elif self._link:
                how = _linked(self._journal, picture.where, path)
            else:
                copy_file(self._journal, picture.where, path)
                how = "copy"
        except OriginalUnreadable as error:
            self._note_problem(picture, str(error))
            return False
        self._note(how)
        return True

    def _note(self, how: str = "copy") -> None:
        self.written.pictures += 1
        self.written.symbolic += how == "symbolic"
        self._report(self.written.pictures + len(self.written.problems))

    def _note_problem(self, picture: SubsetPicture, reason: str) -> None:
        self.written.problems.append((picture.where, reason))
        self._report(self.written.pictures + len(self.written.problems))


def checked_target(folder: Path) -> Path:
    """Return the absolute path of a folder to write a data set to; raises FolderError unless it is new or empty."""
    folder = absolute(folder)
    shown = readable(folder)
    if not os.path.lexists(folder):
        return folder
    if not os.path.isdir(folder):
        raise FolderError(f"{shown} is no folder; give another name.")
    try:
        with os.scandir(folder) as entries:
            if next(entries, None) is None:
                return folder
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FolderError(f"{shown} can't be looked into ({reason}); give another folder.") from error
    raise FolderError(f"There are files in {shown} already, and a data set needs a folder of its own; name a new one.")


def _linked(journal: Journal, original: Path, path: Path) -> str:
    """Link a picture and return how: hard, or symbolic where that is impossible."""
    try:
        hard_link(journal, original, path)
        return "hard"
    except OSError as error:
        if isinstance(error, FileExistsError) or error.errno not in NO_HARD_LINKS:
            raise
    symbolic_link(journal, original, path)
    return "symbolic"
