"""What is said of files and folders that were labelled without being indexed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cli.labelling.next_steps import library_arguments, listing_steps, reads_stdin, said_again, tell_steps
from cli.output.rows import tell
from cli.shown.paths import told_path
from indexer.installation import advised, install_command
from indexer.wording import counted

if TYPE_CHECKING:
    from indexer.files.found import Problem
    from search.unindexed.labelling import Unindexed


def tell_problem(problem: Problem) -> None:
    """Name what was left out."""
    tell(f"{told_path(problem.path)}: {advised(problem.reason)}")


def tell_unindexed(done: Unindexed) -> None:
    """Say what was found and labelled, and what was passed over."""
    for folder in done.found.without_pictures:
        tell(f"No pictures in {told_path(folder)}.")
    for extra, count in done.found.passed_over.items():
        tell(f"{counted(count, 'file', ',')} passed over that can be read after: {install_command(extra)}")
    rest = [f"{counted(done.problems, 'problem', ',')}"] if done.problems else []
    rest += [f"{done.found.away:,} away (placeholders of a sync client)"] if done.found.away else []
    rest += [f"{counted(done.found.links, 'symbolic link', ',')} not followed"] if done.found.links else []
    parts = [f"Labelled {counted(done.labelled.total, 'picture', ',')}", *rest]
    tell(f"{', '.join(parts)}; nothing was stored.")


def tell_unindexed_steps(typed: Sequence[str], folder: Path | None, library: Path) -> None:
    """Say how the pictures are listed, and how labels are kept."""
    steps = [] if reads_stdin(typed) else listing_steps(said_again(typed, None, library))
    if folder is not None:
        steps.append(
            (["clipsearch", "index", *library_arguments(library), str(folder)], "to keep labels and to search")
        )
    if steps:
        tell_steps(steps)
