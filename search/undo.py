"""Taking back what an action made outside the library, by its journal.

Only what is still exactly as it was made is removed, and only if nothing is lost by that: a copy whose original is
gone, or a hard link that has become a file of its own, stays.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.errors import UndoError
from indexer.paths import from_fields, readable
from search.journal import VERSION
from search.journal_files import (
    FOLDER,
    MADE,
    FileState,
    Line,
    holding,
    mark_undone,
    old_bytes,
    old_file,
    original_of,
    read_lines,
    sync_file,
    sync_folder,
)
from search.placing import digest_of_file
from search.writing import take_after

FILES = ("file", "link", "replaced")  # the lines that tell of a file that was made or replaced
COARSEST = 2_000_000_000  # nanoseconds: how far a file system such as FAT rounds the time of change


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was done outside the library."""

    file: Path  # its journal
    id: str
    what: str
    began: str  # UTC, ISO 8601
    files: int  # that it made or replaced
    state: str  # "done", "interrupted", "undone", or "partly undone" if something was kept


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking an action back did, or would do."""

    removed: list[Path] = field(default_factory=list)  # files and links
    restored: list[Path] = field(default_factory=list)  # files that have their old content again
    folders: list[Path] = field(default_factory=list)  # removed, being empty
    kept: list[tuple[Path, str]] = field(default_factory=list)  # not as they were made, and how
    failed: list[tuple[Path, str]] = field(default_factory=list)  # the system refused, and why


class _Changed(Exception):
    """A file is not as it was made; the message says how."""


def actions(library: Path) -> list[Action]:
    """Return what was done with the results of a library, newest first."""
    return [_action(file) for file in sorted((library / FOLDER).glob("*.jsonl"), reverse=True)]


def find_action(library: Path, name: str | None = None) -> Action:
    """Return the action of an id, or the last one that was not undone, not even partly.

    Raises UndoError if there is none, or it was undone already.
    """
    known = actions(library)
    if name is None:
        last = next((action for action in known if "undone" not in action.state), None)
        if last is None:
            raise UndoError("There is nothing to undo" + (" any more." if known else "."))
        return last
    found = next((action for action in known if name in (action.id, action.file.stem)), None)
    if found is None:
        raise UndoError(f"There is no action {readable(name)}; see: clipsearch undo --list")
    if found.state == "undone":
        raise UndoError(f"{found.id} ({found.what}) was undone already.")
    return found


def take_back(action: Action, dry_run: bool = False) -> Undone:
    """Take an action back, last act first; run it again if something failed.

    Raises UndoError if a newer clipsearch wrote it, LibraryBusy if it is still under way.
    """
    with contextlib.nullcontext() if dry_run else holding(action.file):
        return _take_back(action, dry_run)


def _take_back(action: Action, dry_run: bool) -> Undone:
    lines = list(read_lines(action.file))
    if lines[:1] and lines[0].get("clipsearch", 0) > VERSION:
        raise UndoError(
            f"{action.id} was written by a newer clipsearch; upgrade with: pip install --upgrade clipsearch"
        )
    done = Undone()
    gone: set[Path] = set()
    acts = _acts(lines)
    away = _away(acts)  # before anything is removed: that, too, leaves folders empty
    for line in reversed(acts):
        path = Path(from_fields(line))
        try:
            if line["op"] in FILES and path not in gone:
                _check_there(line, path, away)
            _take_one_back(line, path, action.file, done, gone, dry_run)
        except _Changed as change:
            done.kept.append((path, str(change)))
        except OSError as error:
            done.failed.append((path, (error.strerror or str(error)).lower()))
    if not dry_run and not done.failed:
        for folder in {Path(from_fields(line)).parent for line in acts}:  # of what was taken back before, too
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
    return Action(file, file.stem.rpartition("-")[2], first.get("action", "?"), first.get("began", "?"), files, state)


def _acts(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that tell of something made, without what was not made after all."""
    acts: list[Line] = []
    for line in lines:
        if line.get("op") == "not made":
            made = next((one for one in reversed(acts) if from_fields(one) == from_fields(line)), None)
            if made is not None:
                acts.remove(made)
        elif line.get("op") in ("unfinished", *MADE):
            acts.append(line)
    return acts


def _take_one_back(line: Line, path: Path, journal: Path, done: Undone, gone: set[Path], dry_run: bool) -> None:
    """Take back one act; raises _Changed if that must not be, or OSError."""
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
                return  # it was not come to, or is taken back already
            _check_file(line, path)
            _unless(dry_run, lambda: _restore(line, path, journal))
            done.restored.append(path)
            return
        case "file":
            _check_file(line, path)
            _check_original(line, path)
        case "link":
            _check_link(line, path)
    _unless(dry_run, path.unlink)
    gone.add(path)
    if line["op"] != "unfinished":
        done.removed.append(path)


def _unless(dry_run: bool, act: Any) -> None:
    if not dry_run:
        act()


def _away(acts: Iterable[Line]) -> dict[Path, str]:
    """Return the folders of files that seem to be on a drive that is away, and how they look."""
    paths = {op: {Path(from_fields(line)) for line in acts if line["op"] == op} for op in MADE}
    folders = {path.parent for op in FILES for path in paths[op]}
    looks = {folder: _looks_away(folder, paths["folder"]) for folder in folders}
    return {folder: look for folder, look in looks.items() if look is not None}


def _looks_away(folder: Path, made: Collection[Path]) -> str | None:
    """Say how a folder looks if its drive may be away; one that was `made` may just have been removed with all in it.

    Where a drive was mounted, an empty folder stays.
    """
    nearest = folder
    while nearest in made:
        nearest = nearest.parent
    if not os.path.isdir(nearest):
        return "its folder is not there"
    if not _is_empty(nearest):
        return None
    return "its folder is empty" if nearest == folder else f"{readable(str(nearest))} is empty"


def _is_empty(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:  # it can't be read, but is there
        return False


def _check_there(line: Line, path: Path, away: Mapping[Path, str]) -> None:
    """Raise _Changed for a file that is gone with its drive, or with the old content that it was to have again."""
    if os.path.lexists(path):
        return
    if path.parent in away:
        raise _Changed(f"{away[path.parent]}; check that its drive is there")
    if line["op"] == "replaced":
        raise _Changed("it is gone, so it can't have its old content again")


def _check_file(line: Line, path: Path) -> None:
    """Raise _Changed unless a file is still as it was made."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise _Changed("it is no longer a file")
    made = FileState.from_fields(line)
    if line.get("hard"):
        return  # what was changed by one name is changed by the other too
    if FileState.of(status, made.digest) == made:
        return
    if status.st_size != made.size or made.digest is None or digest_of_file(path) != made.digest:
        raise _Changed("it has changed since")


def _check_original(line: Line, path: Path) -> None:
    """Raise _Changed unless the file that was copied or linked is there: without it, ours is the only one left."""
    name = original_of(line)
    if name is None:
        return
    if not os.path.isfile(name):
        raise _Changed(f"its original is gone: {readable(name)}")
    if line.get("hard"):
        if not path.samefile(name):
            raise _Changed(f"its original is another file by now: {readable(name)}")
        return
    status, made = Path(name).stat(), FileState.from_fields(line)
    alike = status.st_size == made.size
    if not alike or (abs(status.st_mtime_ns - made.mtime_ns) > COARSEST and digest_of_file(Path(name)) != made.digest):
        raise _Changed(f"its original has changed since: {readable(name)}")


def _check_link(line: Line, path: Path) -> None:
    """Raise _Changed unless a symbolic link leads where it was made to lead."""
    if not path.is_symlink():
        raise _Changed("it is no longer a link")
    if str(path.readlink()).removeprefix("\\\\?\\") != original_of(line):
        raise _Changed("it leads elsewhere by now")


def _restore(line: Line, path: Path, journal: Path) -> None:
    """Give a file its old content, mode and time again."""
    part = path.parent / f".clipsearch-{journal.stem.rpartition('-')[2]}.part"
    part.unlink(missing_ok=True)
    part.write_bytes(old_bytes(journal, line))
    take_after(part, path)
    part.chmod(line["was_mode"])
    os.utime(part, ns=(line["was_mtime_ns"], line["was_mtime_ns"]))
    sync_file(part)
    os.replace(part, path)
