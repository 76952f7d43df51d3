"""clipsearch duplicates."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.help.commands import HelpedCommand
from cli.help.headings import SHOWN, WHAT, headed
from cli.options.basic import LibraryOptions, library_options, model_option, output_options
from cli.options.filters import filter_options
from cli.output.bars import CountBar
from cli.output.rows import OutputOptions, tell, write_rows
from cli.output.unjudged import tell_unjudged
from cli.terminal.streams import is_terminal
from indexer.wording import counted, human_size

if TYPE_CHECKING:
    from cli.output.rows import Cell
    from search.duplicates.groups import Duplicate, DuplicateGroup
    from search.filters.filters import Filters

CSV_COLUMNS = ("group", "match", "score", "bits", "width", "height", "size", "format", "taken_at", "path")
TABLE_COLUMNS = ("group", "match", "score", "pixels", "size", "path")


@click.command(cls=HelpedCommand)
@headed(
    WHAT,
    click.option(
        "--threshold",
        type=click.FloatRange(0.0, 1.0),
        metavar="COSINE",
        help="How near the embeddings of near-identical pictures are at least; what the files show has the last word."
        " Default: 0.75. Example: --threshold 0.97",
    ),
    click.option("--exact", is_flag=True, help="Only files that are the same byte for byte."),
    click.option(
        "--others",
        is_flag=True,
        help="Only what can be put aside without a loss: besides the best of each group the files that are the same"
        " byte for byte, or the same picture re-encoded or scaled.",
    ),
    click.option(
        "--hard-links",
        is_flag=True,
        help="Show hard links too: several names of one file, of which removing one wins no room.",
    ),
)
@filter_options
@headed(SHOWN, output_options)
@model_option
@library_options
def duplicates(
    threshold: float | None,
    exact: bool,
    others: bool,
    hard_links: bool,
    filters: Filters,
    output: OutputOptions,
    library: LibraryOptions,
) -> None:
    """List groups of pictures that are the same, the best first: byte for byte, or one shot in several files.

    The column match says what each is to the best: identical, same (re-encoded or scaled), cropped, brightness,
    colours, black and white, filtered, or marked. Other shots of the scene, and the same form filled in otherwise, are
    no duplicates. Nothing is ever deleted. The best is the RAW file, or has the most pixels, then a date, the better
    format, the most bytes, the oldest date, the shortest path.

    \b
    Example:
      clipsearch duplicates
      clipsearch duplicates --exact --in ~/Photos/2024 --format csv > duplicates.csv
      clipsearch duplicates --others -0 | xargs -0 -I{} mv -n {} ~/duplicates
    """
    from search.duplicates.groups import COSINE, find_duplicates

    if exact and threshold is not None:
        raise click.UsageError("--exact compares bytes; leave --threshold out.")
    least = COSINE if threshold is None else threshold
    with library.open() as opened:
        with CountBar("Looking at pictures", "pictures", 0) as bar:
            groups = find_duplicates(
                opened, threshold=least, exact=exact, hard_links=hard_links, filters=filters, progress=bar
            )
        tell_unjudged(opened.store, filters)
    _write(groups, others, output)
    _tell(groups)


def _write(groups: Sequence[DuplicateGroup], others: bool, output: OutputOptions) -> None:
    shown = [(number, group.spare if others else group.pictures) for number, group in enumerate(groups, 1)]
    shown = [(number, pictures) for number, pictures in shown if pictures]
    rows = [[_row(number, picture) for picture in pictures] for number, pictures in shown]
    if output == OutputOptions() and is_terminal(sys.stdout):
        write_rows(_for_people(rows), TABLE_COLUMNS, output)
        return
    records = ({"group": number, "pictures": [_record(picture) for picture in pictures]} for number, pictures in shown)
    write_rows((row for group in rows for row in group), CSV_COLUMNS, output, records)


def _row(number: int, duplicate: Duplicate) -> dict[str, Cell]:
    """Return a picture as cells."""
    return {**asdict(duplicate.hit), "group": number, "match": duplicate.match, "bits": duplicate.bits}


def _record(duplicate: Duplicate) -> dict[str, Any]:
    """Return a picture as its JSON object."""
    from search.records import duplicate_record

    return duplicate_record(duplicate.hit, duplicate.match, duplicate.bits)


def _for_people(groups: Iterable[Sequence[dict[str, Cell]]]) -> Iterator[dict[str, Cell]]:
    """Yield rows to read: each group's number once, an empty row between groups."""
    for count, rows in enumerate(groups):
        if count:
            yield defaultdict(str)
        for rank, row in enumerate(rows):
            pixels, size = f"{row['width']} x {row['height']}", human_size(int(str(row["size"])))
            yield {**row, "group": "" if rank else row["group"], "pixels": pixels, "size": size}


def _tell(groups: Sequence[DuplicateGroup]) -> None:
    """Say how many there are, on stderr."""
    if not groups:
        tell("No duplicates.")
        return
    others = [hit for group in groups for hit in group.others]
    spare = [picture for group in groups for picture in group.spare]
    pictures, size = counted(len(others), "picture", ","), human_size(sum(hit.size for hit in others))
    tell(f"{counted(len(groups), 'group', ',')}; besides the best of each: {pictures}, {size}.")
    size = human_size(sum(group.spare_bytes for group in groups))
    tell(
        f"The same picture, re-encoded or scaled: {counted(len(spare), 'picture', ',')}, {size} (--others lists them)."
    )
