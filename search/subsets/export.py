"""Write a subset as a data set of another program; `clipsearch undo` takes all of it back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import OutputError
from indexer.paths import readable
from indexer.wording import agreeing, counted
from search.journal.journal import Journal
from search.journal.links_and_copies import make_folders
from search.journal.os_errors import DISK_FULL, system_words
from search.subsets.target import Target, Written, checked_target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from search.subsets.format import Format, Planned
    from search.subsets.subset import Subset


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    folder: Path
    action: str  # its id, for undo
    written: Written


def export_subset(
    subset: Subset,
    planned: Sequence[Planned],
    form: Format,
    folder: Path,
    library: Path,
    *,
    link: bool = False,
    elsewhere: str = "",
    report: Callable[[int], None] = lambda done: None,
) -> Exported:
    """Write what was planned to a folder that is new or empty, recorded in the journal of a library.

    `report` is called with how many pictures are done; `elsewhere` is the option of undo that says where the journal
    is, if it is not the library's. Raises FolderError if there can be no such folder, OutputError
    if the disk is full or it can't be written to, with what was done kept for undo, LibraryError if the journal can't
    be written.
    """
    folder = checked_target(folder)
    action = f"export {counted(len(planned), 'picture')} to {readable(folder)}"
    with Journal.begin(library, action, [folder]) as journal:
        target = Target(journal, folder, link, report)
        try:
            make_folders(journal, folder)
            form.write(subset, planned, target)
        except OSError as error:
            so_far = _so_far(target.written.pictures, len(planned))
            raise OutputError(_why_stopped(error, folder, so_far, f"clipsearch undo{elsewhere}")) from error
        finally:
            target.close()
    return Exported(folder, journal.id, target.written)


def _so_far(done: int, count: int) -> str:
    return f"{done} of {counted(count, 'picture')} {agreeing(done, 'was', 'were')} written"


def _why_stopped(error: OSError, folder: Path, so_far: str, undo: str) -> str:
    """Return a sentence on why no more could be written, and what was."""
    shown = readable(folder)
    undo = f"{undo} takes back what is there; then"
    if error.errno in DISK_FULL:
        return f"The disk of {shown} is full: {so_far}; {undo} free some space and run the same command again."
    return f"{shown} can't be written to ({system_words(error)}): {so_far}; {undo} give another folder."
