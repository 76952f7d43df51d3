"""Taking back what an action made, as a child process does it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.wording import counted
from search.export.collected import MOST_PROBLEMS
from search.journal.undo import find_action, take_back
from server.children.told import Told, path_records

if TYPE_CHECKING:
    from search.journal.taking_back import Undone


def undo(request: dict[str, Any], told: Told) -> dict[str, Any]:
    """Take back the action of a request, or only say what would be, and return what was done."""
    action = find_action(Path(request["library"]), request["action"])
    undone = take_back(action, request["dry_run"], report=told.progress, stopping=told.stopping)
    stopped = told.stopping()
    kept = [*undone.kept, *undone.failed]
    return {
        "taken_back": len(undone.removed) + len(undone.restored),
        "kept": path_records(kept[:MOST_PROBLEMS]),
        "more_kept": max(0, len(kept) - MOST_PROBLEMS),
        "stopped": stopped,
        "sentence": ("Stopped. " if stopped else "") + _sentence(undone, request["dry_run"]),
    }


def _sentence(undone: Undone, dry_run: bool) -> str:
    """Say what was taken back, or what would be."""
    would, kept = ("would be ", "would be kept") if dry_run else ("", "kept")
    parts = [f"{counted(len(undone.removed), 'file', ',')} {would}removed"]
    parts += [f"{counted(len(undone.restored), 'file', ',')} {would}restored"] if undone.restored else []
    parts += [f"{counted(len(undone.folders), 'empty folder', ',')} {would}removed"] if undone.folders else []
    parts += [f"{len(undone.kept):,} {kept}, as they are not as they were made"] if undone.kept else []
    parts += [f"{len(undone.failed):,} could not be removed; try again"] if undone.failed else []
    return "; ".join(parts) + "."
