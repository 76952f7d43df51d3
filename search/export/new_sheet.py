"""A contact sheet that undo takes back: a new file, recorded in the journal before it has its name."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import OutputError
from indexer.files.content import digest_of, pieces
from indexer.files.whole import rename_new
from indexer.paths import readable
from indexer.wording import counted
from search.export.contact_sheet import Cards, SheetOrder, Showing, page
from search.journal.journal import Journal
from search.journal.journal_files import FileState
from search.journal.links_and_copies import make_folders, or_not_made
from search.journal.os_errors import DISK_FULL
from search.results import Hit


class StoppedMeanwhile(Exception):
    """A sheet was not finished, so there is none."""


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A sheet that was written."""

    path: Path
    action: str  # its id, for undo
    pictures: int
    problems: tuple[tuple[Path, str], ...]  # pictures that are only placeholders, and why


def write_new_sheet(
    hits: Iterable[Hit],
    path: Path,
    library: Path,
    title: str,
    *,
    count: int,
    order: SheetOrder,
    scored: bool,
    shown: Showing,
    report: Callable[[int], None] = lambda done: None,
    stopping: Callable[[], bool] = lambda: False,
) -> NewSheet:
    """Write a contact sheet of so many hits, whole or not at all; nothing is overwritten.

    `shown` makes the thumbnails. Raises StoppedMeanwhile if `stopping` says so, OutputError, or LibraryError if the
    journal can't be written.
    """
    cards = Cards(_unless_stopped(hits, stopping), report, shown)
    what = f"write a contact sheet of {counted(count, 'picture')} to {readable(path)}"
    with Journal.begin(library, what, [path.parent]) as journal:
        try:
            make_folders(journal, path.parent)
            _write(journal, path, page(cards, title, order, scored))
        except FileExistsError as error:
            raise OutputError(f"{readable(path)} exists, so it stays; give the contact sheet another name.") from error
        except OSError as error:
            reason = "the disk is full" if error.errno in DISK_FULL else error.strerror or str(error)
            raise OutputError(f"The contact sheet can't be written to {readable(path)}: {reason}.") from error
    return NewSheet(path, journal.id, cards.count, tuple(cards.problems))


def _unless_stopped(hits: Iterable[Hit], stopping: Callable[[], bool]) -> Iterator[Hit]:
    for hit in hits:
        if stopping():
            raise StoppedMeanwhile
        yield hit


def _write(journal: Journal, path: Path, lines: Iterable[str]) -> None:
    """Write lines to a new file, which gets its name when it is whole."""
    part = journal.part(path.parent)
    journal.unfinished(part)
    try:
        with part.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        with part.open("rb") as written:
            digest = digest_of(pieces(written)).hex()
        journal.made_file(path, FileState.of(part.stat(), digest))
        with or_not_made(journal, path):
            rename_new(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
