"""clipsearch undo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.completion import completers
from cli.help.commands import HelpedCommand
from cli.options.basic import library_option
from cli.output.rows import confirmed, tell, write_paths, write_rows
from cli.shown.paths import told_path
from indexer.wording import agreeing, counted, doing

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from search.journal.taking_back import Undone
    from search.journal.undo import Action


@click.command(cls=HelpedCommand)
@click.argument("action", metavar="[ID]", required=False, shell_complete=completers.actions)
@click.option("--list", "listing", is_flag=True, help="Only list what was done, newest first.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Only say what would be taken back; its paths are on stdout.",
)
@click.option(
    "--unproven",
    is_flag=True,
    help="Also take back what can't be proven to be yours, such as an action of an earlier version or another machine:"
    " shows what would go, and asks.",
)
@library_option
def undo(action: str | None, listing: bool, dry_run: bool, unproven: bool, library: Path) -> None:
    """Take back what the last --copy-to, --link-to or export made, or the action with this ID.

    Only files that are still exactly as they were made are removed, and none whose original is gone; folders only if
    they are empty. Sidecars that nobody has changed since get their old content back. Originals are never touched.
    What a library's journal says is only done if you wrote it, on this machine.

    \b
    Example:
      clipsearch undo
      clipsearch undo --list
      clipsearch undo 3fa9c1 --dry-run
    """
    from search.journal.undo import actions, find_action, take_back

    if listing:
        if action is not None or dry_run or unproven:
            raise click.UsageError("--list takes neither an ID nor --dry-run or --unproven.")
        _list(actions(library))
        return
    if unproven and action is None:
        raise click.UsageError("--unproven needs the ID of the action; see: clipsearch undo --list")
    chosen = find_action(library, action, own_only=not dry_run)
    if unproven and not dry_run:
        _ask(chosen, take_back(chosen, dry_run=True, unproven=True))
    undone = take_back(chosen, dry_run, unproven=unproven)
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
        {"id": one.id, "began": one.began, "files": one.files, "state": _state(one), "action": one.what}
        for one in known
    ]
    write_rows(rows, ("id", "began", "files", "state", "action"))
    if others := sum(bool(one.origin) for one in known):
        tell(
            f"{doing(others, 'action', 'is', 'are')} not proven to be yours, so undo leaves"
            f" {agreeing(others, 'it', 'them')} alone unless you name one and give --unproven."
        )


def _state(action: Action) -> str:
    """Return an action's state, and which journals are not followed."""
    return f"{action.state}, {action.origin}" if action.origin else action.state


def _ask(action: Action, planned: Undone) -> None:
    """Show what would be taken back of an action that is not proven to be this user's, and ask."""
    for path in (*planned.removed, *planned.folders):
        tell(f"would remove {told_path(path)}")
    for path in planned.restored:
        tell(f"would write the old content over {told_path(path)}")
    if action.origin:
        tell(f"Careful: {action.why_not}.")
    if not confirmed("Take all of this back?"):
        tell("Nothing was taken back.")
        raise click.exceptions.Exit(1)


def _tell(action: Action, undone: Undone, dry_run: bool) -> None:
    """Say what was taken back and what was not."""
    from search.journal.undo_checks import SAME_CONTENT

    would = "would keep" if dry_run else "kept"
    for path, reason in undone.kept:
        tell(f"{would} {told_path(path)}: {reason}")
    for path, reason in undone.failed:
        tell(f"can't take back {told_path(path)}: {reason}")
    parts = [f"{counted(len(undone.removed), 'file')} removed"]
    if undone.restored:
        parts.append(f"{counted(len(undone.restored), 'file')} restored")
    if undone.folders:
        parts.append(f"{counted(len(undone.folders), 'empty folder')} removed")
    if undone.kept:
        parts.append(f"{len(undone.kept)} kept, and clipsearch undo {action.id} tries them again")
    if undone.failed:
        parts.append(f"{len(undone.failed)} failed; run clipsearch undo {action.id} again")
    if dry_run and action.origin:
        tell(f"Careful: {action.why_not}.")
    if any(reason == SAME_CONTENT for _, reason in undone.kept):
        tell(f"To take back files with the same content too, as on some drives: clipsearch undo {action.id} --unproven")
    tell(f"{'Would undo' if dry_run else 'Undone'} {action.id} ({action.what}): {', '.join(parts)}.")
