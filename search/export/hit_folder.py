"""Copies of hits, or links to them, in a folder: nothing is overwritten, all can be undone, originals are only read.

Names are the originals', with a number where one is taken. A picture that the folder already holds is not put there
again. label_folders.py uses this for a folder for each label.
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from indexer.errors import FolderError, OutputError
from indexer.paths import absolute, inside, readable
from indexer.store.roots import roots
from indexer.store.store import Store
from indexer.wording import agreeing, counted
from search.export.manifest import write_manifest
from search.export.names import numbered_paths
from search.journal.journal import Journal
from search.journal.links_and_copies import OriginalUnreadable, copy_file, hard_link, make_folders, symbolic_link
from search.journal.os_errors import DISK_FULL, NO_HARD_LINKS
from search.results import Hit

LinkKind = Literal["auto", "hard", "symbolic"]  # "auto" is hard, or symbolic where that is impossible
PutKind = LinkKind | Literal["copy"]


@dataclass(frozen=True, slots=True)
class Collected:
    """What was put into a folder."""

    folder: Path
    action: str  # its id, for undo
    made: list[tuple[Hit, Path, str]] = field(default_factory=list)  # with its new path, and how
    there: list[tuple[Hit, Path]] = field(default_factory=list)  # the folder held it already
    problems: list[tuple[Path, str]] = field(default_factory=list)  # an original that can't be read, and why


@dataclass(frozen=True, slots=True)
class Target:
    """Where a hit is to be put."""

    hit: Hit
    folder: Path
    prefix: str = ""  # of its name


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
    action = "copy" if kind == "copy" else "link"
    within = dict.fromkeys([folder, *(target.folder for target in targets)])
    with Journal.begin(library, f"{action} {description}", within) as journal:
        done = Collected(folder, journal.id)
        try:
            for target in targets:
                make_folders(journal, target.folder)
                _put(journal, target, kind, done)
        except OSError as error:
            raise OutputError(_why_stopped(error, action, done, len(targets), alternative)) from error
        finally:
            if done.made:
                write_manifest(journal, folder, done.made, action, title)
    return done


def _put_ranked(
    hits: Sequence[Hit], folder: Path, library: Path, kind: PutKind, title: str, numbered: bool
) -> Collected:
    folder = checked_folder(folder)
    best: dict[Path, Hit] = {}  # of a video, its first moment
    for hit in hits:
        best.setdefault(hit.path, hit)
    digits = max(3, len(str(len(best))))
    targets = [
        Target(hit, folder, f"{rank:0{digits}}-" if numbered else "") for rank, hit in enumerate(best.values(), start=1)
    ]
    description = f"{counted(len(best), 'picture')} to {readable(folder)}"
    alternative = "another --link-kind, or --copy-to"
    return put_all(targets, folder, library, kind, description=description, title=title, alternative=alternative)


def _put(journal: Journal, target: Target, kind: PutKind, done: Collected) -> None:
    """Put one file into a folder, under the first name that is free; raises OSError if nothing can be put there."""
    hit = target.hit
    for path in numbered_paths(target.folder, hit.path.name, target.prefix):
        if _is_same_picture(hit.path, path):
            done.there.append((hit, path))
            return
        try:
            done.made.append((hit, path, _put_file(journal, hit.path, path, kind)))
        except FileExistsError:
            continue
        except OriginalUnreadable as error:
            done.problems.append((hit.path, str(error)))
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


def _why_stopped(error: OSError, action: str, done: Collected, asked: int, alternative: str) -> str:
    """Return a sentence on why no more could be put into the folder, and what was."""
    shown = readable(done.folder)
    verb = agreeing(len(done.made), "was", "were")
    so_far = f"{len(done.made)} of {counted(asked, 'picture')} {verb} {'copied' if action == 'copy' else 'linked'}"
    if done.made:
        so_far += ", and clipsearch undo takes that back"
    if error.errno in DISK_FULL:
        return f"The disk of {shown} is full: {so_far}; free some space and run the same command again."
    if action == "link" and error.errno in NO_HARD_LINKS and os.access(done.folder, os.W_OK):
        return f"{shown} takes no such links ({error.strerror}): {so_far}; use {alternative}."
    reason = error.strerror or str(error)
    return f"{shown} can't be written to ({reason}): {so_far}; check its permissions, or give another folder."
