"""What can be done with hits: the options, and doing it, shared by all commands that find pictures."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from cli.options.basic import NamedPath, add_options, check_output, output_options

if TYPE_CHECKING:
    from search.export.hit_folder import Collected
    from search.results import Hit

PROGRESS_FROM = 20  # pictures of a contact sheet


@dataclass(frozen=True, slots=True)
class ResultOptions:
    """What a command was asked to do with its hits."""

    form: str
    nul: bool
    opening: bool
    preview: bool
    copy_to: Path | None
    link_to: Path | None
    link_kind: Literal["auto", "hard", "symbolic"] | None
    numbered: bool
    html: Path | None

    def check(self) -> None:
        """Raise click.UsageError for what makes no sense together, or OutputError, before any work is done."""
        check_output(self.form, self.nul)
        if self.copy_to and self.link_to:
            raise click.UsageError("Use --copy-to or --link-to, not both.")
        if self.link_kind and not self.link_to:
            raise click.UsageError("--link-kind says how --link-to DIR links; give that too.")
        if self.numbered and not (self.copy_to or self.link_to):
            raise click.UsageError("--numbered is for the names in a folder; give --copy-to DIR or --link-to DIR too.")
        if self.preview:
            from cli.output.preview import check_terminal

            if self.nul or self.form != "table":
                raise click.UsageError("--preview shows pictures instead of a list; leave --format and -0 out.")
            check_terminal()
        if self.html:
            from search.export.contact_sheet import check_path

            check_path(self.html.expanduser())


_OPTIONS: tuple[Callable[[Callable[..., Any]], Callable[..., Any]], ...] = (
    output_options,
    click.option(
        "--preview",
        is_flag=True,
        help="Show the pictures in the terminal: kitty, sixels (iTerm2 too), else half blocks. Example: --preview",
    ),
    click.option(
        "--open",
        "opening",
        is_flag=True,
        help="Open the pictures in the system's viewer; with --html that page. Example: --open",
    ),
    click.option(
        "--copy-to",
        metavar="DIR",
        type=NamedPath(path_type=Path),
        help="Copy the files to a folder; nothing there is overwritten, and clipsearch undo takes the copies back."
        " Example: --copy-to ~/best",
    ),
    click.option(
        "--link-to",
        metavar="DIR",
        type=NamedPath(path_type=Path),
        help="The same with links, which take no room. Example: --link-to ~/best",
    ),
    click.option(
        "--link-kind",
        type=click.Choice(["auto", "hard", "symbolic"]),
        help="How --link-to links; auto, the default, is hard, or symbolic where that can't be."
        " Example: --link-kind symbolic",
    ),
    click.option(
        "--numbered",
        is_flag=True,
        help="Begin the names in the folder with the rank, so that they sort by it. Example: --numbered",
    ),
    click.option(
        "--html",
        metavar="FILE",
        type=NamedPath(dir_okay=False, path_type=Path),
        help="Write a contact sheet, one page with thumbnails, scores and links, which needs no network."
        " Example: --html sheet.html",
    ),
)


def result_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for results; the command gets them, checked, as `results`, a ResultOptions."""

    @functools.wraps(command)
    def with_results(**options: Any) -> Any:
        results = ResultOptions(**{field.name: options.pop(field.name) for field in fields(ResultOptions)})
        results.check()
        return command(results=results, **options)

    return add_options(with_results, _OPTIONS)


def deliver(hits: Sequence[Hit], options: ResultOptions, library: Path, title: str) -> None:
    """Write the hits to stdout and do what else was asked for; `title` says what they are, such as the query.

    Raises OutputError and its kind; ends with exit code 1 if some of the pictures could not be read.
    """
    from cli.output.hits import write_hits

    if options.preview:
        from cli.output.preview import preview_hits

        preview_hits(hits)
    else:
        write_hits(hits, options.form, options.nul)
    unread = _collect(hits, options, library, title)
    if options.html:
        unread |= _write_sheet(hits, options.html.expanduser(), title)
    if options.opening:
        _open(hits, options)
    if unread:
        raise click.exceptions.Exit(1)


def _collect(hits: Sequence[Hit], options: ResultOptions, library: Path, title: str) -> bool:
    """Copy or link the hits, and return whether some could not be read."""
    from cli.output.rows import tell
    from search.export.hit_folder import copy_hits, link_hits, root_around

    folder = (options.copy_to or options.link_to or Path()).expanduser()
    if not hits or not (options.copy_to or options.link_to):
        return False
    around = root_around(library, folder)
    if around is not None:
        tell(f"{folder} is inside the indexed folder {around}: the next clipsearch index will take these files in too.")
    if options.copy_to:
        done = copy_hits(hits, folder, library, title=title, numbered=options.numbered)
    else:
        kind = options.link_kind or "auto"
        done = link_hits(hits, folder, library, kind, title=title, numbered=options.numbered)
    _tell_collected(done, options)
    return bool(done.problems)


def _tell_collected(done: Collected, options: ResultOptions) -> None:
    from cli.output.rows import counted, tell

    for path, reason in done.problems:
        tell(f"{path}: {reason}")
    symbolic = sum(how == "symbolic" for _, _, how in done.made)
    if symbolic and options.link_kind is None:
        tell(f"{symbolic} of the links are symbolic, since hard ones can't be made from there to {done.folder}.")
    parts = [f"{'Copied' if options.copy_to else 'Linked'} {counted(len(done.made), 'picture')} to {done.folder}"]
    if done.there:
        parts.append(f"{len(done.there)} there already")
    if done.problems:
        parts.append(f"{len(done.problems)} could not be read")
    if done.made:
        parts.append(f"clipsearch undo {done.action} takes that back")
    tell("; ".join(parts) + ".")


def _write_sheet(hits: Sequence[Hit], path: Path, title: str) -> bool:
    """Write the contact sheet, and return whether some pictures have only a placeholder."""
    from cli.output.rows import counted, is_terminal, tell
    from search.export.contact_sheet import write_sheet

    if len(hits) >= PROGRESS_FROM and is_terminal(sys.stderr):
        with click.progressbar(length=len(hits), label="Contact sheet", file=sys.stderr) as bar:
            sheet = write_sheet(hits, path, title, report=lambda done: bar.update(1))
    else:
        sheet = write_sheet(hits, path, title)
    for picture, reason in sheet.problems:
        tell(f"{picture}: {reason}")
    tell(f"Wrote {counted(sheet.pictures, 'picture')} to {path}.")
    return bool(sheet.problems)


def _open(hits: Sequence[Hit], options: ResultOptions) -> None:
    from cli.output.viewer import check_count, open_files

    if options.html:
        open_files([options.html.expanduser()])
        return
    paths = list(dict.fromkeys(hit.path for hit in hits if os.path.isfile(hit.path)))
    check_count(len(paths))
    open_files(paths)
