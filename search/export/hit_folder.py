"""Copies of hits, or links to them, in a folder: nothing is overwritten, all can be undone, originals are only read.

Names are the originals', with a number where one is taken. A picture that the folder already holds is not put there
again. label_folders.py uses this for a folder for each label.
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, TypeVar

from indexer.errors import FolderError, OutputError
from indexer.paths import absolute, inside, readable
from indexer.store.roots import roots
from indexer.store.store import Store
from indexer.wording import agreeing, counted
from search.export.collected import Collected, Notes
from search.export.manifest import write_manifest
from search.export.names import numbered_paths
from search.journal.journal import Journal
from search.journal.links_and_copies import (
    OriginalUnreadable,
    copy_file,
    hard_link,
    link_together,
    make_folders,
    symbolic_link,
)
from search.journal.os_errors import DISK_FULL, NO_HARD_LINKS
from search.results import Hit

LinkKind = Literal["auto", "hard", "symbolic"]  # "auto" is hard, or symbolic where that is impossible
PutKind = LinkKind | Literal["copy"]
AnyNotes = TypeVar("AnyNotes", bound=Notes)

LINKED_AT_ONCE = 64  # for which the journal waits together


@dataclass(frozen=True, slots=True)
class Target:
    """Where a hit is to be put."""

    hit: Hit
    folder: Path
    prefix: str = ""  # of its name


@dataclass(frozen=True, slots=True)
class Putting:
    """How hits are put into a folder, and what is said of it."""

    folder: Path
    library: Path
    kind: PutKind
    count: int  # of the hits
    description: str  # for the list of actions
    title: str = ""  # what they are, such as the query, for the manifest
    alternative: str = "copies"  # what to use where links are impossible
    within: tuple[Path, ...] = ()  # the folders in the folder that they are put into

    @property
    def action(self) -> str:
        """What is done."""
        return "copy" if self.kind == "copy" else "link"


def copy_hits(
    hits: Sequence[Hit], folder: Path, library: Path, *, title: str = "", numbered: bool = False
) -> Collected:
    """Copy the hits' files into a folder, made if needed, with a manifest; a video once, however many of its moments.

    With `numbered`, names begin with the rank. `title` is the query, for the manifest. Raises OutputError when the disk
    is full or the folder can't be written to, with what was done kept, FolderError if there can be no such folder,
    LibraryError if the library's journal can't be written.
    """
    return _put_ranked(hits, folder, library, "copy", title, numbered)


def link_hits(
    hits: Sequence[Hit],
    folder: Path,
    library: Path,
    kind: LinkKind = "auto",
    *,
    title: str = "",
    numbered: bool = False,
) -> Collected:
    """Link the hits' files into a folder; else as copy_hits."""
    return _put_ranked(hits, folder, library, kind, title, numbered)


def root_around(library: Path, folder: Path) -> Path | None:
    """Return the root of the library that a folder is in: what is put there will be indexed too."""
    with Store.open(library) as store:
        paths = [root.path for root in roots(store)]
    return next((path for path in paths if inside(str(absolute(folder)), str(path)) is not None), None)


def checked_folder(folder: Path) -> Path:
    """Return the absolute path of a folder to put files into; raises FolderError if it is a file."""
    folder = absolute(folder)
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise FolderError(f"{readable(folder)} is no folder; give another name.")
    return folder


def put_all(
    targets: Sequence[Target],
    folder: Path,
    library: Path,
    kind: PutKind,
    *,
    description: str,
    title: str,
    alternative: str,
) -> Collected:
    """Put hits into a folder or folders in it, with a manifest; raises as copy_hits does.

    `description` is for the list of actions, `alternative` what to use where links are impossible.
    """
    within = tuple(dict.fromkeys(target.folder for target in targets))
    putting = Putting(folder, library, kind, len(targets), description, title, alternative, within)
    return put_each(targets, putting, lambda action: Collected(folder, action))


def put_each(
    targets: Iterable[Target],
    putting: Putting,
    noting: Callable[[str], AnyNotes],
    report: Callable[[int], None] = lambda done: None,
    stopping: Callable[[], bool] = lambda: False,
) -> AnyNotes:
    """Put hits into a folder as they come, with a manifest, until all are there or `stopping` says so.

    `noting` makes of the action's id what notes them; `report` is called with how many are done. Raises as copy_hits
    does.
    """
    folders = dict.fromkeys([putting.folder, *putting.within])
    with Journal.begin(putting.library, f"{putting.action} {putting.description}", folders) as journal:
        notes, done = noting(journal.id), 0
        try:
            for some in _batches(targets, 1 if putting.kind == "copy" else LINKED_AT_ONCE):
                if stopping():
                    break
                _put_some(journal, some, putting.kind, notes)
                done += len(some)
                report(done)
        except OSError as error:
            raise OutputError(_why_stopped(error, putting, notes.count)) from error
        finally:
            if notes.count:
                write_manifest(journal, putting.folder, notes.files, putting.action, putting.title)
    return notes


def ranked_targets(hits: Iterable[Hit], folder: Path, count: int, *, numbered: bool = False) -> Iterator[Target]:
    """Yield where each of so many hits is put, a video once; with `numbered` names begin with the rank."""
    digits = max(3, len(str(count)))
    videos: set[Path] = set()  # of which the best moment counts
    rank = 0
    for hit in hits:
        if hit.path in videos:
            continue
        if hit.at is not None:
            videos.add(hit.path)
        rank += 1
        yield Target(hit, folder, f"{rank:0{digits}}-" if numbered else "")


def _put_ranked(
    hits: Sequence[Hit], folder: Path, library: Path, kind: PutKind, title: str, numbered: bool
) -> Collected:
    folder = checked_folder(folder)
    count = len({hit.path for hit in hits})
    targets = list(ranked_targets(hits, folder, count, numbered=numbered))
    description = f"{counted(len(targets), 'picture')} to {readable(folder)}"
    alternative = "another --link-kind, or --copy-to"
    return put_all(targets, folder, library, kind, description=description, title=title, alternative=alternative)


def _batches(targets: Iterable[Target], size: int) -> Iterator[list[Target]]:
    """Yield so many targets at once."""
    iterator = iter(targets)
    while some := list(islice(iterator, size)):
        yield some


def _put_some(journal: Journal, targets: Sequence[Target], kind: PutKind, notes: Notes) -> None:
    """Put some files into their folders; raises OSError if nothing can be put there."""
    for folder in dict.fromkeys(target.folder for target in targets):
        make_folders(journal, folder)
    for target in targets if kind == "copy" else _link_together(journal, targets, kind, notes):
        _put(journal, target, kind, notes)


def _link_together(journal: Journal, targets: Sequence[Target], kind: PutKind, notes: Notes) -> list[Target]:
    """Link what can be linked under its own name, waiting for the disk but once, and return the rest."""
    free: dict[Path, Target] = {}
    left: list[Target] = []
    for target in targets:
        path = next(numbered_paths(target.folder, target.hit.path.name, target.prefix))
        if path in free or os.path.lexists(path):
            left.append(target)
        else:
            free[path] = target
    pairs = [(target.hit.path, path) for path, target in free.items()]
    for path, how in link_together(journal, pairs, kind).items():
        notes.note_made(free.pop(path).hit, path, how)
    return [*left, *free.values()]


def _put(journal: Journal, target: Target, kind: PutKind, notes: Notes) -> None:
    """Put one file into a folder, under the first name that is free; raises OSError if nothing can be put there."""
    hit = target.hit
    for path in numbered_paths(target.folder, hit.path.name, target.prefix):
        if _is_same_picture(hit.path, path):
            notes.note_there(hit, path)
            return
        try:
            notes.note_made(hit, path, _put_file(journal, hit.path, path, kind))
        except FileExistsError:
            continue
        except OriginalUnreadable as error:
            notes.note_problem(hit.path, str(error))
        return


def _put_file(journal: Journal, original: Path, path: Path, kind: PutKind) -> str:
    """Copy or link an original to a new path, and return how: copy, hard or symbolic."""
    if kind == "copy":
        copy_file(journal, original, path)
        return "copy"
    if kind != "symbolic":
        try:
            hard_link(journal, original, path)
            return "hard"
        except OSError as error:
            if isinstance(error, FileExistsError) or kind == "hard" or error.errno not in NO_HARD_LINKS:
                raise
    symbolic_link(journal, original, path)
    return "symbolic"


def _is_same_picture(original: Path, path: Path) -> bool:
    """Return whether a path is this very picture: the file, a link to it, or a copy, byte for byte."""
    try:
        if not os.path.exists(path):
            return False
        return original.samefile(path) or filecmp.cmp(original, path, shallow=False)
    except OSError:
        return False


def _why_stopped(error: OSError, putting: Putting, made: int) -> str:
    """Return a sentence on why no more could be put into the folder, and what was."""
    shown, action = readable(putting.folder), putting.action
    verb = agreeing(made, "was", "were")
    so_far = f"{made} of {counted(putting.count, 'picture')} {verb} {'copied' if action == 'copy' else 'linked'}"
    if made:
        so_far += ", and clipsearch undo takes that back"
    if error.errno in DISK_FULL:
        return f"The disk of {shown} is full: {so_far}; free some space and run the same command again."
    if action == "link" and error.errno in NO_HARD_LINKS and os.access(putting.folder, os.W_OK):
        return f"{shown} takes no such links ({error.strerror}): {so_far}; use {putting.alternative}."
    reason = error.strerror or str(error)
    return f"{shown} can't be written to ({reason}): {so_far}; check its permissions, or give another folder."
