"""clipsearch undo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options.basic import library_option
from cli.output.rows import counted, tell, write_paths, write_rows

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from search.journal.undo import Action, Undone


@click.command()
@click.argument("action", metavar="[ID]", required=False)
@click.option("--list", "listing", is_flag=True, help="Only list what was done, newest first. Example: --list")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Only say what would be taken back; its paths are on stdout. Example: --dry-run",
)
@library_option
def undo(action: str | None, listing: bool, dry_run: bool, library: Path) -> None:
    """Take back what the last --copy-to, --link-to or export-labels made, or the action with this ID.

    Only files that are still exactly as they were made are removed, and none whose original is gone; folders only if
    they are empty. Sidecars that nobody has changed since get their old content back. Originals are never touched.

    \b
    Example:
      clipsearch undo
      clipsearch undo --list
      clipsearch undo 3fa9c1 --dry-run
    """
    from search.journal.undo import actions, find_action, take_back

    if listing:
        if action is not None or dry_run:
            raise click.UsageError("--list takes neither an ID nor --dry-run.")
        _list(actions(library))
        return
    chosen = find_action(library, action)
    undone = take_back(chosen, dry_run)
    if dry_run:
        write_paths([*undone.removed, *undone.restored, *undone.folders])
    _tell(chosen, undone, dry_run)
    if undone.failed:
        raise click.exceptions.Exit(1)


def _list(known: list[Action]) -> None:
    if not known:
        tell("Nothing was copied, linked or written yet.")
        return
    rows: list[dict[str, Cell]] = [
        {"id": action.id, "began": action.began, "files": action.files, "state": action.state, "action": action.what}
        for action in known
    ]
    write_rows(rows, ("id", "began", "files", "state", "action"))


def _tell(action: Action, undone: Undone, dry_run: bool) -> None:
    """Say what was taken back and what was not."""
    would = "would keep" if dry_run else "kept"
    for path, reason in undone.kept:
        tell(f"{would} {path}: {reason}")
    for path, reason in undone.failed:
        tell(f"can't take back {path}: {reason}")
    parts = [f"{counted(len(undone.removed), 'file')} removed"]
    if undone.restored:
        parts.append(f"{counted(len(undone.restored), 'file')} restored")
    if undone.folders:
        parts.append(f"{counted(len(undone.folders), 'empty folder')} removed")
    if undone.kept:
        parts.append(f"{len(undone.kept)} kept, and clipsearch undo {action.id} tries them again")
    if undone.failed:
        parts.append(f"{len(undone.failed)} failed; run clipsearch undo {action.id} again")
    tell(f"{'Would undo' if dry_run else 'Undone'} {action.id} ({action.what}): {', '.join(parts)}.")
