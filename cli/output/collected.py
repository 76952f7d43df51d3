"""What is said of pictures that were copied into a folder, or linked from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.output.rows import tell
from cli.shown.paths import told_path
from indexer.wording import agreeing, counted

if TYPE_CHECKING:
    from search.export.collected import Collected


def warn_inside_root(library: Path, folder: Path) -> None:
    """Say so if what is put into a folder will be indexed too."""
    from search.export.hit_folder import root_around

    root = root_around(library, folder)
    if root is not None:
        inside = f"{told_path(folder)} is inside the indexed folder {told_path(root)}"
        tell(f"{inside}: the next clipsearch index will take these files in too.")


def tell_collected(collected: Collected, *, copied: bool, kind_chosen: bool = False) -> bool:
    """Say what was put into a folder, and return whether some pictures could not be read.

    That links are symbolic goes without saying if that kind was chosen.
    """
    for path, reason in collected.problems:
        tell(f"{told_path(path)}: {reason}")
    symbolic = sum(how == "symbolic" for _, _, how in collected.made)
    if symbolic and not kind_chosen:
        verb = agreeing(symbolic, "is", "are")
        why = f"since hard ones can't be made from there to {told_path(collected.folder)}"
        tell(f"{symbolic} of the links {verb} symbolic, {why}.")
    parts = [
        f"{'Copied' if copied else 'Linked'} {counted(len(collected.made), 'picture')} to {told_path(collected.folder)}"
    ]
    if collected.there:
        parts.append(f"{len(collected.there)} there already")
    if collected.problems:
        parts.append(f"{len(collected.problems)} could not be read")
    if collected.made:
        parts.append(f"clipsearch undo {collected.action} takes that back")
    tell("; ".join(parts) + ".")
    return bool(collected.problems)
