"""What can be done after a labelling: whole commands to be copied, with what each is for."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.labelling.summary import LABELS_SHOWN
from cli.output.rows import tell
from cli.shown.paths import shell_line
from indexer.paths import default_library
from indexer.store.labels import OTHER
from search.labels.negations import is_rest

LONGEST_AGAIN = 80  # letters of a command that is said again as it was typed
WITHOUT = ("--summary", "--all")  # when it is said again
UNCERTAIN = 20  # pictures
INDENT = "  "


def tell_steps(steps: Sequence[tuple[Sequence[str], str]]) -> None:
    """Write commands that can be copied, each with its purpose as a comment: beside it, or above for want of room."""
    shown = [(shell_line(command), purpose) for command, purpose in steps]
    width = max(len(command) for command, _ in shown)
    needed = len(INDENT) + width + max(len(f"  # {purpose}") for _, purpose in shown)
    tell("")
    tell("To go on:")
    for command, purpose in shown:
        if needed <= shutil.get_terminal_size().columns:
            tell(f"{INDENT}{command:{width}}  # {purpose}")
        else:
            tell(f"{INDENT}# {purpose}")
            tell(f"{INDENT}{command}")


def steps_after(
    name: str, counts: Mapping[str, int], draft: bool, again: Sequence[str], library: Path
) -> list[tuple[list[str], str]]:
    """Return what can be done with a label set; `again` are the arguments that label it, as by `said_again`."""
    found = [label for label, count in counts.items() if count and label != OTHER and not is_rest(label)]
    about = library_arguments(library)
    called = ["--", name] if name.startswith("-") else [name]
    steps = listing_steps(again)
    if len(counts) > LABELS_SHOWN:
        steps.append((["clipsearch", "labels", "show", *about, *called], "every class"))
    if found:
        steps.append((["clipsearch", "query", "--label", f"{name}:{found[0]}", *about], "those with a label"))
    steps.append((["clipsearch", "export-labels", "--dry-run", *about, *called], "for XMP sidecars"))
    if draft:
        steps.append((["clipsearch", "labels", "keep", *about, *called], "keep this draft for good"))
    return steps


def listing_steps(again: Sequence[str]) -> list[tuple[list[str], str]]:
    """Return how the pictures are listed."""
    return [
        (["clipsearch", "label", *again, "--list"], "every picture"),
        (["clipsearch", "label", *again, "--uncertain", str(UNCERTAIN)], "the least certain"),
    ]


def said_again(typed: Sequence[str], name: str | None, library: Path) -> list[str]:
    """Return arguments of label that give the same: those that were typed, or a set's name where they are long.

    Without a name only what was typed will do.
    """
    kept = [word for word in typed if word not in WITHOUT]
    if name is not None and (reads_stdin(kept) or len(shell_line(kept)) > LONGEST_AGAIN):
        return ["--name", name, *library_arguments(library)]
    has_library = any(word == "--library" or word.startswith("--library=") for word in kept)
    return [*kept, *(() if has_library else library_arguments(library))]


def reads_stdin(typed: Sequence[str]) -> bool:
    """Return whether classes were piped in, so that the command can't be said again."""
    return any(word == "-" or word.endswith("=-") for word in typed)


def library_arguments(library: Path) -> list[str]:
    """Return the option for a library other than the default one."""
    return [] if library == default_library() else ["--library", str(library)]
