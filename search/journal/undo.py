"""Undoing what an action made outside the library, with the help of its journal.

Only what is still exactly as it was made is removed, and only if nothing is lost: a copy whose original is gone, or a
hard link that is the last name of its file, stays. Only a journal that this user wrote on this machine is followed;
another's is for looking at, unless a person says otherwise (`unproven`) and has seen what that would do.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import UndoError
from indexer.files.whole import sync_folder
from indexer.installation import upgrade_command
from indexer.paths import readable
from search.journal.journal_files import action_id, holding, old_file
from search.journal.pictures import pictures_of
from search.journal.recorded import (
    CHANGED,
    DAMAGED,
    NEWER,
    OTHER_KEY,
    OTHER_LIBRARY,
    UNSIGNED,
    Recorded,
    journals,
    mark_undone,
    read_journal,
)
from search.journal.signing import Own, known_own
from search.journal.taking_back import TakingBack, Undone
from search.journal.undo_checks import folders_away

_WHY = {
    UNSIGNED: "its journal has no signature: an earlier version wrote it, or someone else did",
    OTHER_KEY: "another user or machine wrote its journal, or your key is a new one; undo it there",
    OTHER_LIBRARY: "its journal is another library's, or this one has lost its library.id",
    CHANGED: "its journal was changed since it was written",
    DAMAGED: "its journal is damaged",
}


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was done outside the library."""

    file: Path  # its journal
    id: str
    what: str
    began: str  # UTC, ISO 8601
    files: int  # made or replaced
    state: str  # "done", "interrupted", "undone", or "partly undone" if something was kept
    origin: str = ""  # whose journal it is, or what is wrong with it; empty for this user's own
    bad_line: int = 0  # of the journal

    @property
    def why_not(self) -> str:
        """Why it is not undone without further ado."""
        where = f" (line {self.bad_line})" if self.bad_line else ""
        return _WHY.get(self.origin, f"its journal is {self.origin}") + where


def actions(library: Path) -> list[Action]:
    """Return the actions of a library, newest first; raises LibraryError."""
    own = known_own(library)
    return [_action(file, own) for file in journals(library)]


def read_action(library: Path, journal: Path) -> Action:
    """Return the action of one journal of a library; raises LibraryError."""
    return _action(journal, known_own(library))


def find_action(library: Path, name: str | None = None, *, own_only: bool = True) -> Action:
    """Return the action of an id, or the last one that was not even partly undone.

    Without an id this user's own actions come first, and others' count only if `own_only` is false. Raises UndoError
    if there is none, or if it was undone already.
    """
    own = known_own(library)
    if name is None:
        return _last(journals(library), own, own_only)
    alike = [_action(file, own) for file in journals(library) if name in (action_id(file), file.stem)]
    if not alike:
        raise UndoError(f"There is no action {readable(name)}; see: clipsearch undo --list")
    named = min(alike, key=lambda action: bool(action.origin))  # whatever others call theirs
    if named.state == "undone":
        raise UndoError(f"{named.id} ({named.what}) was undone already.")
    return named


def _last(files: list[Path], own: Own | None, own_only: bool) -> Action:
    """Return the last action that can be undone; raises UndoError."""
    of_others: Action | None = None
    for action in (_action(file, own) for file in files):
        if "undone" not in action.state:
            if not action.origin:
                return action
            of_others = of_others or action
    if of_others is None:
        raise UndoError("There is nothing to undo" + (" any more." if files else "."))
    if own_only:
        raise UndoError(_refusal(of_others))
    return of_others


def take_back(
    action: Action,
    dry_run: bool = False,
    *,
    unproven: bool = False,
    report: Callable[[int, int], None] = lambda done, total: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Undone:
    """Undo an action, its last act first; can be repeated if something failed, or if `stopping` ended it.

    With `unproven`, also one that is not this user's own, and files with the same bytes in the place of those that were
    made; ask a person first. Raises UndoError if that is needed or a newer clipsearch wrote it, LibraryBusy if it is
    still under way.
    """
    with contextlib.nullcontext() if dry_run else holding(action.file):
        return _take_back(action, dry_run, unproven, report, stopping)


def _take_back(
    action: Action, dry_run: bool, unproven: bool, report: Callable[[int, int], None], stopping: Callable[[], bool]
) -> Undone:
    library = action.file.parent.parent
    recorded = read_journal(action.file, known_own(library))
    if recorded.origin == NEWER or (recorded.origin and not (dry_run or unproven)):
        raise UndoError(_refusal(_action_of(recorded)))
    away = folders_away(map(Path, recorded.folders), set(map(Path, recorded.made_folders)))  # undoing empties folders
    with pictures_of(library) as pictures:
        taking = TakingBack(recorded, away, pictures, dry_run=dry_run, loose=unproven and not recorded.origin)
        for done, act in enumerate(recorded.acts_backwards(), start=1):
            if stopping():
                return taking.done
            taking.take_back(act)
            report(done, recorded.acts)
    if not dry_run and not taking.done.failed:
        for folder in taking.folders:  # also of what an earlier try took back
            sync_folder(folder)
        mark_undone(action.file, len(taking.done.kept), recorded)
        if not taking.done.kept:
            old_file(action.file).unlink(missing_ok=True)
    return taking.done


def _action(file: Path, own: Own | None) -> Action:
    return _action_of(read_journal(file, own))


def _action_of(recorded: Recorded) -> Action:
    return Action(
        recorded.file,
        action_id(recorded.file),
        recorded.action,
        recorded.began,
        max(0, recorded.files),
        recorded.state,
        recorded.origin,
        recorded.bad_line,
    )


def _refusal(action: Action) -> str:
    """Say why an action is not undone, and what can be done."""
    if action.origin == NEWER:
        return f"{action.id} was written by a newer clipsearch; upgrade with: {upgrade_command()}"
    return (
        f"{action.id} ({action.what}) was not undone: {action.why_not}. See what it would do with clipsearch undo"
        f" {action.id} --dry-run; to undo what is still as it says after all, add --unproven."
    )
