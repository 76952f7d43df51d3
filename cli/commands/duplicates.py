"""clipsearch duplicates."""

from __future__ import annotations

import contextlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options.basic import check_output, library_folder, library_option, output_options
from cli.options.filters import filter_options, filters_from

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from search.duplicates.groups import Duplicate, DuplicateGroup

COLUMNS = ("group", "match", "score", "bits", "width", "height", "size", "format", "taken_at", "path")


@click.command()
@click.option(
    "--threshold",
    type=click.FloatRange(0.0, 1.0),
    help="How near the embeddings of near-identical pictures are at least (cosine); the perceptual hash has the last"
    " word. Default: 0.85. Example: --threshold 0.97",
)
@click.option("--exact", is_flag=True, help="Only files that are the same byte for byte. Example: --exact")
@click.option(
    "--others",
    is_flag=True,
    help="Leave the best of each group out, so that what is listed can be put aside. Example: --others -0",
)
@filter_options
@output_options
@click.option("--model", help="Refuse to answer unless this is the library's model. Example: --model builtin")
@library_option
def duplicates(
    threshold: float | None,
    exact: bool,
    others: bool,
    form: str,
    nul: bool,
    model: str | None,
    library: Path | None,
    **filters: Any,
) -> None:
    """List groups of pictures that are the same, the best first: byte for byte, or one shot in several files.

    Near-identical are re-encoded, scaled, slightly cropped or brightened files; other shots of the same scene are
    not. Nothing is ever deleted. The best has the most pixels, then a date, the most bytes, the oldest date, the
    shortest path.

    \b
    Example:
      clipsearch duplicates
      clipsearch duplicates --exact --in ~/Photos/2024 --format csv > duplicates.csv
      clipsearch duplicates --others -0 | xargs -0 -I{} mv -n {} ~/duplicates
    """
    from search.duplicates.groups import COSINE, find_duplicates
    from search.library.library import open_library

    check_output(form, nul)
    if exact and threshold is not None:
        raise click.UsageError("--exact compares bytes; leave --threshold out.")
    chosen = filters_from(**filters)
    with open_library(library_folder(library), model=model) as opened, _progress() as progress:
        groups = find_duplicates(
            opened,
            threshold=COSINE if threshold is None else threshold,
            exact=exact,
            filters=chosen,
            progress=progress,
        )
    _write(groups, others, form, nul)
    _tell(groups)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how far it is."""
    from cli.output.rows import is_terminal

    if not is_terminal(sys.stderr):
        yield lambda done, total: None
        return
    from rich.console import Console

    with Console(stderr=True).status("Looking at pictures...") as status:
        yield lambda done, total: status.update(f"Looking at pictures: {done:,} of {total:,}")


def _write(groups: Sequence[DuplicateGroup], others: bool, form: str, nul: bool) -> None:
    from cli.output.rows import is_terminal, write_rows

    shown = [[_row(number, *one) for one in enumerate(group.pictures)] for number, group in enumerate(groups, 1)]
    shown = [rows[int(others) :] for rows in shown]
    if form == "table" and not nul and is_terminal(sys.stdout):
        write_rows(_for_people(shown), ("group", "match", "score", "pixels", "size", "path"), form, nul)
        return
    records = ({"group": rows[0]["group"], "pictures": [_record(row) for row in rows]} for rows in shown)
    write_rows((row for rows in shown for row in rows), COLUMNS, form, nul, records)


def _row(number: int, place: int, one: Duplicate) -> dict[str, Cell]:
    """Return a picture as cells."""
    match = "best" if place == 0 else "identical" if one.identical else "near"
    return {**asdict(one.hit), "group": number, "match": match, "bits": one.bits}


def _record(row: dict[str, Cell]) -> dict[str, Any]:
    """Return a picture as its JSON object."""
    from indexer.paths import readable

    names = ("match", "score", "bits", "id", "format", "size", "width", "height", "taken_at")
    return {"path": readable(str(row["path"])), **{name: row[name] for name in names}}


def _for_people(shown: Iterable[Sequence[dict[str, Cell]]]) -> Iterator[dict[str, Cell]]:
    """Yield rows to read: each group's number once, an empty row between groups."""
    for count, rows in enumerate(shown):
        if count:
            yield defaultdict(str)
        for place, row in enumerate(rows):
            pixels, size = f"{row['width']} x {row['height']}", human_size(int(str(row["size"])))
            yield {**row, "group": row["group"] if place == 0 else "", "pixels": pixels, "size": size}


def _tell(groups: Sequence[DuplicateGroup]) -> None:
    """Say how many there are, on stderr."""
    from cli.output.rows import tell

    if not groups:
        tell("No duplicates.")
        return
    others = [hit for group in groups for hit in group.others]
    size = human_size(sum(hit.size for hit in others))
    tell(
        f"{len(groups):,} group{'s' * (len(groups) > 1)}; besides the best of each: {len(others):,}"
        f" picture{'s' * (len(others) > 1)}, {size}."
    )


def human_size(count: int) -> str:
    """Return a number of bytes as people read it."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
