"""Export labels to sidecars, ask before that where they are many, and say what was done."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.output.bars import step_bar
from cli.output.rows import confirmed, tell, write_rows
from cli.shown.paths import told_path
from cli.terminal.streams import is_terminal
from indexer.wording import counted

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from indexer.store.labels import LabelSet
    from indexer.store.store import Store
    from search.export.label_selection import LabelledHit
    from search.filters.filters import Filters
    from search.sidecars.writer import Exported

BAR_FROM = 200  # files
ASKED_FROM = 50  # sidecars that are written only after a question


@dataclass(frozen=True, slots=True)
class SidecarWriting:
    """How sidecars are written: beside whose pictures, and whether at all."""

    library: Path
    dry_run: bool
    yes: bool  # without a question
    unsure: str = ""  # which labels are left out, for the summary


def into_sidecars(store: Store, pictures: list[LabelledHit], label_set: LabelSet, writing: SidecarWriting) -> None:
    """Merge the labels of a set into the sidecars of its pictures."""
    from indexer.store.labels import remember_export
    from search.export.label_selection import labels_by_file
    from search.sidecars.export import sidecar_name_of

    name, files = sidecar_name_of(store, label_set), labels_by_file(pictures)
    _ask(files, name, writing)
    if not (writing.dry_run or store.read_only):
        remember_export(store, label_set, name)
    _export(files, name, writing)


def out_of_sidecars(store: Store, name: str | None, filters: Filters, writing: SidecarWriting) -> None:
    """Take the labels of a set out of the sidecars of all pictures that pass."""
    from indexer.store.labels import label_set_named, remember_export
    from indexer.store.pictures import paths_of
    from search.filters.filters import Filters
    from search.filters.passing import Passing

    if name is None:
        raise click.UsageError("--remove needs the name of the set whose labels are to go.")
    known = label_set_named(store, name)
    name = name if known is None else known.sidecar_name
    paths = paths_of(store, Passing.of(store, filters).listed(store)).values()
    files: dict[Path, list[str]] = {path: [] for path in paths}
    _ask(files, name, writing, forget=True)
    done = _export(files, name, writing, forget=True)
    if known is not None and not writing.dry_run and filters == Filters():
        remember_export(store, known, None)
    if not done.changes:
        tell(f'None of these sidecars holds a label of a set called "{name}".')


def _ask(files: dict[Path, list[str]], name: str, writing: SidecarWriting, forget: bool = False) -> None:
    """On a terminal, ask before many sidecars are written; ends with exit code 1 if the answer is no."""
    asked = not (writing.yes or writing.dry_run) and is_terminal(sys.stdin) and is_terminal(sys.stderr)
    if not asked or len(files) < ASKED_FROM:
        return
    changes = _planned(files, name, writing.library, forget).changes
    if len(changes) < ASKED_FROM:
        return
    new = sum(change.new for change in changes)
    left_out = f"; {writing.unsure}" if writing.unsure else ""
    sidecars = counted(len(changes), "sidecar", ",")
    question = f"Take labels out of {sidecars}" if forget else f"Write {sidecars} ({new:,} of them new){left_out}"
    if not confirmed(f"{question}?"):
        tell("Nothing was written.")
        raise click.exceptions.Exit(1)


def _planned(files: dict[Path, list[str]], name: str, library: Path, forget: bool) -> Exported:
    """Return what would be written."""
    from search.sidecars.export import export_sidecars

    with step_bar("Looking at sidecars", len(files), BAR_FROM) as step:
        return export_sidecars(files, name, library, dry_run=True, forget=forget, report=step)


def _export(files: dict[Path, list[str]], name: str, writing: SidecarWriting, forget: bool = False) -> Exported:
    """Write sidecars, say what was done, and return it."""
    from search.sidecars.export import export_sidecars

    dry_run = writing.dry_run
    with step_bar("Sidecars", len(files), BAR_FROM) as step:
        done = export_sidecars(files, name, writing.library, dry_run=dry_run, forget=forget, report=step)
    if dry_run:
        _list(done)
    _tell(done, writing)
    if done.problems or done.folders:
        raise click.exceptions.Exit(1)
    return done


def _list(done: Exported) -> None:
    rows: list[dict[str, Cell]] = [
        {
            "sidecar": "new" if change.new else "merge",
            "add": ", ".join(change.added),
            "remove": ", ".join(change.removed),
            "path": change.sidecar,
        }
        for change in done.changes
    ]
    write_rows(rows, ("sidecar", "add", "remove", "path"))


def _tell(done: Exported, writing: SidecarWriting) -> None:
    """Say what was written, and what was not."""
    for path, reason in done.problems:
        tell(f"{told_path(path)}: {reason}")
    for (folder, reason), count in done.folders.items():
        tell(f"{told_path(folder)}: {counted(count, 'sidecar')} left out: {reason}.")
    new = sum(change.new for change in done.changes)
    added, removed = (sum(len(getattr(change, kind)) for change in done.changes) for kind in ("added", "removed"))
    verb = "Would write" if writing.dry_run else "Wrote"
    parts = [f"{verb} {counted(len(done.changes), 'sidecar')} ({new} new): {counted(added, 'label')} added"]
    if removed:
        parts[0] += f", {removed} removed"
    if done.unchanged:
        parts.append(f"{done.unchanged} as they should be")
    if done.left_out:
        parts.append(f"{counted(done.left_out, 'label')} left out that you had taken away")
    if writing.unsure:
        parts.append(writing.unsure)
    if done.changes and not writing.dry_run:
        parts.append(f"clipsearch undo {done.action} takes that back")
    tell("; ".join(parts) + ".")
