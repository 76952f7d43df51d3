"""Copies of hits, or links to them, in a folder: nothing is overwritten, all can be undone, originals are only read.

Names are the originals', with a number where one is taken. A picture that the folder holds already is not put there
again.
"""

from __future__ import annotations

import errno
import filecmp
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from indexer.errors import FolderError, OutputError
from indexer.paths import absolute, inside, readable, to_fields
from indexer.store.roots import roots
from indexer.store.store import Store, now
from search.journal.journal import Journal
from search.journal.links_and_copies import (
    NO_HARD_LINKS,
    OriginalUnreadable,
    copy_file,
    hard_link,
    make_folders,
    symbolic_link,
)
from search.journal.writing import write_file
from search.results import Hit

MANIFEST = "clipsearch-manifest.json"
LONGEST_NAME = 255  # bytes, on most file systems

LinkKind = Literal["auto", "hard", "symbolic"]
Place = Callable[[Journal, Path, Path], str]  # puts an original under a new name, and returns how: copy, hard, symbolic


@dataclass(frozen=True, slots=True)
class Collected:
    """What was put into a folder."""

    folder: Path
    action: str  # its id, for undo
    made: list[tuple[Hit, Path, str]] = field(default_factory=list)  # with its new name, and how
    there: list[tuple[Hit, Path]] = field(default_factory=list)  # the folder held it already
    problems: list[tuple[Path, str]] = field(default_factory=list)  # an original that can't be read, and why


def copy_hits(
    hits: Sequence[Hit], folder: Path, library: Path, *, title: str = "", numbered: bool = False
) -> Collected:
    """Copy the hits' files into a folder, made if needed, with a manifest; a video once, however many of its moments.

    With `numbered`, names begin with the rank. `title` says in the manifest what was asked. Raises OutputError when the
    disk is full or the folder can't be written to, with what was done kept, FolderError if there can be no such folder,
    LibraryError if the library's journal can't be written.
    """
    return _collect(hits, folder, library, "copy", copying, title, numbered)


def link_hits(
    hits: Sequence[Hit],
    folder: Path,
    library: Path,
    kind: LinkKind = "auto",
    *,
    title: str = "",
    numbered: bool = False,
) -> Collected:
    """Link the hits' files into a folder; else as copy_hits. "auto" is hard, or symbolic where that can't be."""
    return _collect(hits, folder, library, "link", linking(kind), title, numbered)


def copying(journal: Journal, original: Path, path: Path) -> str:
    """Put a copy of an original under a new name."""
    copy_file(journal, original, path)
    return "copy"


def linking(kind: LinkKind) -> Place:
    """Return what puts a link of a kind to an original under a new name."""

    def place(journal: Journal, original: Path, path: Path) -> str:
        if kind != "symbolic":
            try:
                hard_link(journal, original, path)
                return "hard"
            except OSError as error:
                if isinstance(error, FileExistsError) or kind == "hard" or error.errno not in NO_HARD_LINKS:
                    raise
        symbolic_link(journal, original, path)
        return "symbolic"

    return place


def root_around(library: Path, folder: Path) -> Path | None:
    """Return the root of the library that a folder is in: what is copied there will be indexed too."""
    with Store.open(library) as store:
        return next(
            (one.path for one in roots(store) if inside(str(absolute(folder)), str(one.path)) is not None), None
        )


def collecting_folder(folder: Path) -> Path:
    """Return the place of a folder to put files into, made or not; raises FolderError if there can be none."""
    folder = absolute(folder)
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise FolderError(f"{readable(folder)} is no folder; give another name.")
    return folder


def _collect(
    hits: Sequence[Hit], folder: Path, library: Path, what: str, place: Place, title: str, numbered: bool
) -> Collected:
    folder = collecting_folder(folder)
    best: dict[Path, Hit] = {}  # of a video, its first moment
    for hit in hits:
        best.setdefault(hit.path, hit)
    once = list(best.values())
    plural = "s" * (len(once) != 1)
    with Journal.begin(library, f"{what} {len(once)} picture{plural} to {readable(folder)}") as journal:
        done = Collected(folder, journal.id)
        try:
            make_folders(journal, folder)
            for rank, hit in enumerate(once, start=1):
                prefix = f"{rank:0{max(3, len(str(len(once))))}}-" if numbered else ""
                put_hit(journal, hit, folder, place, done, prefix)
        except OSError as error:
            raise OutputError(stopped(error, what, done, len(once))) from error
        finally:
            write_manifest(journal, done, what, title)
    return done


def put_hit(journal: Journal, hit: Hit, folder: Path, place: Place, done: Collected, prefix: str = "") -> None:
    """Put one file into a folder, under the first name that is free; raises OSError if nothing can be put there."""
    for path in _names(folder, prefix, hit.path.name):
        if _is_there(hit.path, path):
            done.there.append((hit, path))
            return
        try:
            done.made.append((hit, path, place(journal, hit.path, path)))
        except FileExistsError:
            continue
        except OriginalUnreadable as error:
            done.problems.append((hit.path, str(error)))
        return


def _names(folder: Path, prefix: str, name: str) -> Iterator[Path]:
    """Yield a file's possible names, a-2.jpg after a.jpg, cut where they were too long."""
    number = 1
    while True:
        stem, suffix = os.path.splitext(name)
        end = os.fsencode(suffix if number == 1 else f"-{number}{suffix}")
        start = os.fsencode(prefix + stem)[: max(1, LONGEST_NAME - len(end))]
        cut = (
            start if len(os.fsencode(prefix + stem)) == len(start) else start.decode("utf-8", "ignore").encode("utf-8")
        )
        yield folder / os.fsdecode(cut + end)
        number += 1


def _is_there(original: Path, path: Path) -> bool:
    """Say whether a name stands for this very picture: the file, a link to it, or a copy, byte for byte."""
    try:
        if not os.path.exists(path):
            return False
        return original.samefile(path) or filecmp.cmp(original, path, shallow=False)
    except OSError:
        return False


def stopped(
    error: OSError, what: str, done: Collected, asked: int, instead: str = "another --link-kind, or --copy-to"
) -> str:
    """Say in a sentence why no more could be put into the folder, and what there is."""
    shown = readable(done.folder)
    past = {"copy": "copied", "link": "linked"}[what]
    so_far = f"{len(done.made)} of {asked} pictures were {past}"
    if done.made:
        so_far += ", and clipsearch undo takes them back"
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return f"The disk of {shown} is full: {so_far}; free some space and run the same command again."
    if what == "link" and error.errno in NO_HARD_LINKS and os.access(done.folder, os.W_OK):
        return f"{shown} takes no such links ({error.strerror}): {so_far}; use {instead}."
    reason = error.strerror or str(error)
    return f"{shown} can't be written to ({reason}): {so_far}; check its permissions, or give another folder."


def write_manifest(journal: Journal, done: Collected, what: str, title: str) -> None:
    """Write what was made beside it, for people and programs; without room for it the journal knows all the same."""
    if not done.made:
        return
    content = {
        "made_by": "clipsearch",
        "made_at": now(),
        "action": what,
        "query": readable(title),
        "undo": f"clipsearch undo {journal.id}",
        "files": [
            {
                "name": readable(path.relative_to(done.folder).as_posix()),
                "kind": kind,
                "score": None if hit.score is None else round(hit.score, 6),
                "original": to_fields(str(hit.path)),
            }
            for hit, path, kind in done.made
        ],
    }
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    for path in _names(done.folder, "", MANIFEST):
        try:
            write_file(journal, path, text.encode("utf-8"))
        except FileExistsError:
            continue
        except OSError:
            return
        return
