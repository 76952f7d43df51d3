"""What commands do with hits: write, show, copy, link and open them, or make a contact sheet."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cli.output.bars import step_bar
from cli.output.collected import tell_collected, warn_inside_root
from cli.output.hits import write_hits
from cli.output.rows import OutputOptions, tell
from cli.process.interrupts import INTERRUPTS
from cli.shown.facts import NO_FACTS, Facts
from cli.shown.paths import told_path
from cli.terminal.streams import is_terminal
from indexer.wording import counted

if TYPE_CHECKING:
    from search.export.contact_sheet import SheetOrder
    from search.results import Hit

BAR_FROM = 20  # pictures of a contact sheet


@dataclass(frozen=True, slots=True)
class ResultOptions:
    """What a command does with its hits.

    Raises click.UsageError for what makes no sense together, or OutputError, before any work is done.
    """

    output: OutputOptions
    opening: bool
    preview: bool
    copy_to: Path | None
    link_to: Path | None
    link_kind: Literal["auto", "hard", "symbolic"] | None
    numbered: bool
    html: Path | None

    def __post_init__(self) -> None:
        if self.copy_to and self.link_to:
            raise click.UsageError("Use --copy-to or --link-to, not both.")
        if self.link_kind and not self.link_to:
            raise click.UsageError("--link-kind says how --link-to DIR links; give that too.")
        if self.numbered and not (self.copy_to or self.link_to):
            raise click.UsageError("--numbered is for the names in a folder; give --copy-to DIR or --link-to DIR too.")
        if self.preview:
            from cli.output.preview import check_terminal

            if self.output != OutputOptions():
                raise click.UsageError("--preview shows pictures instead of a list; leave --format and -0 out.")
            check_terminal()
        if self.html:
            from search.export.contact_sheet import check_path

            check_path(self.html.expanduser())


def deliver(
    hits: Sequence[Hit],
    options: ResultOptions,
    library: Path,
    title: str,
    order: SheetOrder = "score",
    facts: Facts = NO_FACTS,
) -> None:
    """Write the hits to stdout and do what else the options ask for; `title` says what they are, such as the query.

    `order` is that of the hits; those without scores are never in the order of these, but the newest come first.
    `facts` is what a terminal shows of them besides.
    Raises OutputError, FolderError and LibraryError as the exports do; ends with exit code 1 if some pictures could not
    be read, or if there is no hit, as grep does.
    """
    if options.preview:
        from cli.output.preview import preview_hits

        preview_hits(hits)
    else:
        write_hits(hits, options.output, facts)
    _tell_folded(hits, options)
    problems = _collect(hits, options, library, title)
    if options.html:
        problems |= _write_sheet(hits, options.html.expanduser(), title, order)
    if options.opening and hits:
        _open(hits, options)
    if problems or not hits:
        raise click.exceptions.Exit(1)


def _tell_folded(hits: Sequence[Hit], options: ResultOptions) -> None:
    """Say on a terminal that there is more than is shown."""
    count = sum(len(hit.copies) for hit in hits)
    if count and options.output == OutputOptions() and is_terminal(sys.stdout) and is_terminal(sys.stderr):
        tell(f"{counted(count, 'copy', ',')} folded behind the largest of each; --no-fold lists all.")


def _collect(hits: Sequence[Hit], options: ResultOptions, library: Path, title: str) -> bool:
    """Copy or link the hits, and return whether some could not be read."""
    chosen = options.copy_to or options.link_to
    if not hits or not chosen:
        return False
    from search.export.hit_folder import copy_hits, link_hits

    folder = chosen.expanduser()
    warn_inside_root(library, folder)
    INTERRUPTS.is_storing = True
    if options.copy_to:
        collected = copy_hits(hits, folder, library, title=title, numbered=options.numbered)
    else:
        kind = options.link_kind or "auto"
        collected = link_hits(hits, folder, library, kind, title=title, numbered=options.numbered)
    return tell_collected(collected, copied=bool(options.copy_to), kind_chosen=options.link_kind is not None)


def _write_sheet(hits: Sequence[Hit], path: Path, title: str, order: SheetOrder) -> bool:
    """Write the contact sheet, and return whether some pictures have only a placeholder."""
    from indexer.installation import advised
    from search.export.contact_sheet import write_sheet
    from search.places.naming import with_places

    INTERRUPTS.is_storing = True  # half a sheet is tidied up
    with step_bar("Contact sheet", len(hits), BAR_FROM) as step:
        scored = any(hit.score is not None for hit in hits)
        shown: SheetOrder = "date" if order == "score" and hits and not scored else order
        sheet = write_sheet(with_places(hits, tell), path, title, lambda done: step(), order=shown, scored=scored)
    for picture, reason in sheet.problems:
        tell(f"{told_path(picture)}: {advised(reason)}")
    new = ", in a new folder" if sheet.in_new_folder else ""
    tell(f"Wrote {counted(sheet.pictures, 'picture')} to {told_path(path)}{new}.")
    return bool(sheet.problems)


def _open(hits: Sequence[Hit], options: ResultOptions) -> None:
    from cli.output.viewer import check_count, open_files

    if options.html:
        open_files([options.html.expanduser()])
        return
    paths = list(dict.fromkeys(hit.path for hit in hits if os.path.isfile(hit.path)))
    check_count(len(paths))
    open_files(paths)
