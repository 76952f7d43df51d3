"""Undoing what an action made outside the library, with the help of its journal.

Only what is still exactly as it was made is removed, and only if nothing is lost: a copy whose original is gone, or a
hard link that is the last name of its file, stays.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.errors import UndoError
from indexer.files.whole import sync_file, sync_folder
from indexer.installation import upgrade_command
from indexer.paths import from_fields, readable
from search.journal.journal import VERSION
from search.journal.journal_files import (
    FILES,
    FOLDER,
    MADE,
    Line,
    action_id,
    holding,
    mark_undone,
    old_bytes,
    old_file,
    part_file,
    read_lines,
)
from search.journal.os_errors import system_words
from search.journal.undo_checks import Changed, check_file, check_link, check_original, check_there, folders_away
from search.journal.writing import take_after


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was done outside the library."""

    file: Path  # its journal
    id: str
    what: str
    began: str  # UTC, ISO 8601
    files: int  # made or replaced
    state: str  # "done", "interrupted", "undone", or "partly undone" if something was kept


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an action did, or would do."""

    removed: list[Path] = field(default_factory=list)  # files and links
    restored: list[Path] = field(default_factory=list)  # files that have their old content again
    folders: list[Path] = field(default_factory=list)  # empty ones that were removed
    kept: list[tuple[Path, str]] = field(default_factory=list)  # files that are not as they were made, and why
    failed: list[tuple[Path, str]] = field(default_factory=list)  # files that the system refused, and why


def actions(library: Path) -> list[Action]:
    """Return the actions of a library, newest first."""
    return [_action(file) for file in sorted((library / FOLDER).glob("*.jsonl"), reverse=True)]


def find_action(library: Path, name: str | None = None) -> Action:
    """Return the action of an id, or the last one that was not even partly undone.

    Raises UndoError if there is none, or if it was undone already.
    """
    known = actions(library)
    if name is None:
        last = next((action for action in known if "undone" not in action.state), None)
        if last is None:
            raise UndoError("There is nothing to undo" + (" any more." if known else "."))
        return last
    named = next((action for action in known if name in (action.id, action.file.stem)), None)
    if named is None:
        raise UndoError(f"There is no action {readable(name)}; see: clipsearch undo --list")
    if named.state == "undone":
        raise UndoError(f"{named.id} ({named.what}) was undone already.")
    return named


def take_back(action: Action, dry_run: bool = False) -> Undone:
    """Undo an action, its last act first; can be repeated if something failed.

    Raises UndoError if a newer clipsearch wrote it, LibraryBusy if it is still under way.
    """
    with contextlib.nullcontext() if dry_run else holding(action.file):
        return _take_back(action, dry_run)


def _take_back(action: Action, dry_run: bool) -> Undone:
    lines = list(read_lines(action.file))
    if lines[:1] and lines[0].get("clipsearch", 0) > VERSION:
        raise UndoError(f"{action.id} was written by a newer clipsearch; upgrade with: {upgrade_command()}")
    done = Undone()
    gone: set[Path] = set()
    acts = _acts(lines)
    away = folders_away(acts)  # before anything is removed, since that also leaves folders empty
    for line in reversed(acts):
        path = Path(from_fields(line))
        try:
            if line["op"] in FILES and path not in gone:
                check_there(line, path, away)
            _take_one_back(line, path, action.file, done, gone, dry_run)
        except Changed as change:
            done.kept.append((path, str(change)))
        except OSError as error:
            done.failed.append((path, system_words(error)))
    if not dry_run and not done.failed:
        for folder in {Path(from_fields(line)).parent for line in acts}:  # also of what an earlier try took back
            sync_folder(folder)
        mark_undone(action.file, len(done.kept))
        if not done.kept:
            old_file(action.file).unlink(missing_ok=True)
    return done


def _action(file: Path) -> Action:
    lines = list(read_lines(file))
    first: Mapping[str, Any] = lines[0] if lines else {}
    ends = {line.get("op"): line for line in lines}
    state = "done" if "finished" in ends else "interrupted"
    if "undone" in ends:
        state = "partly undone" if ends["undone"].get("kept") else "undone"
    files = sum(line["op"] in FILES for line in _acts(lines))
    return Action(file, action_id(file), first.get("action", "?"), first.get("began", "?"), files, state)


def _acts(lines: Iterable[Line]) -> list[Line]:
    """Return the lines of what was made, without what was not made after all."""
    acts: list[Line] = []
    for line in lines:
        if line.get("op") == "not made":
            not_made = next((act for act in reversed(acts) if from_fields(act) == from_fields(line)), None)
            if not_made is not None:
                acts.remove(not_made)
        elif line.get("op") in ("unfinished", *MADE):
            acts.append(line)
    return acts


def _take_one_back(line: Line, path: Path, journal: Path, done: Undone, gone: set[Path], dry_run: bool) -> None:
    """Take back one act; raises Changed if it must be kept, or OSError."""
    if not os.path.lexists(path) or path in gone:
        return
    match line["op"]:
        case "folder":
            if path.is_dir() and not path.is_symlink() and set(path.iterdir()) <= gone:
                _unless(dry_run, path.rmdir)
                done.folders.append(path)
                gone.add(path)
            return
        case "replaced":
            if path.is_file() and path.read_bytes() == old_bytes(journal, line):
                return  # it was never replaced, or has been restored already
            check_file(line, path)
            _unless(dry_run, lambda: _restore(line, path, journal))
            done.restored.append(path)
            return
        case "file":
            check_file(line, path)
            check_original(line, path)
        case "link":
            check_link(line, path)
    _unless(dry_run, path.unlink)
    gone.add(path)
    if line["op"] != "unfinished":
        done.removed.append(path)


def _unless(dry_run: bool, act: Any) -> None:
    if not dry_run:
        act()


def _restore(line: Line, path: Path, journal: Path) -> None:
    """Give a file its old content, mode and time again."""
    part = part_file(path.parent, action_id(journal))
    part.unlink(missing_ok=True)
    part.write_bytes(old_bytes(journal, line))
    take_after(part, path)
    part.chmod(line["was_mode"])
    os.utime(part, ns=(line["was_mtime_ns"], line["was_mtime_ns"]))
    sync_file(part)
    os.replace(part, path)
