"""clipsearch similar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.help.commands import HelpedCommand
from cli.help.headings import HOW_MANY, headed
from cli.hints.answers import hints_below, why_nothing
from cli.options.basic import AnyPlace, LibraryOptions, any_library_options, device_option, model_option
from cli.options.data_sets import AsOf, as_of_option, refuse_as_of
from cli.options.filters import filter_options, fold_option, sort_option
from cli.options.results import result_options
from cli.output.deliver import ResultOptions, deliver
from cli.output.rows import tell
from cli.output.unjudged import tell_label_sets, tell_unjudged
from cli.shown.facts import facts_of

if TYPE_CHECKING:
    from search.filters.filters import Filters
    from search.query.sorting import Order


@click.command(cls=HelpedCommand)
@click.argument("picture", type=AnyPlace(path_type=Path))
@headed(
    HOW_MANY,
    click.option("-k", metavar="N", default=10, type=click.IntRange(min=1), help="How many; by default 10."),
)
@filter_options
@sort_option
@fold_option
@result_options
@as_of_option
@model_option
@device_option
@any_library_options
def similar(
    picture: Path | str,
    k: int,
    filters: Filters,
    sort: Order,
    fold: bool,
    results: ResultOptions,
    as_of: AsOf,
    library: LibraryOptions,
) -> None:
    """Find the pictures most like PICTURE, which need not be in the library: score (cosine) and path, best first.

    PICTURE itself is left out, copies of it are not; of a video in the library, all moments are. Copies of one
    picture stand behind the largest of them. Exit code 1 means that there is no other.

    \b
    Example:
      clipsearch similar ~/Photos/beach.jpg
      clipsearch similar /tmp/download.webp -k 50 --in ~/Photos/2024
      clipsearch similar s3://bucket/photos/beach.jpg --library s3://bucket/lib
    """
    refuse_as_of(library, as_of)
    if library.data_set is not None:
        from cli.data_sets.query import similar_in_data_set

        similar_in_data_set(library, as_of, str(picture), k, filters, sort, fold, results)
        return
    if isinstance(picture, str):
        raise click.UsageError("A picture at a URL can be looked for in a data set only; name a file on this machine.")
    from indexer.paths import readable
    from search.filters.filters import describe
    from search.query.similar import similar as find_similar
    from search.query.sorting import sorted_hits

    with library.open_or_offer() as opened:
        hits = find_similar(opened, picture, k, filters, fold=fold)
        facts = facts_of(opened.store, hits, filters, sort, tell)
        below = hints_below(opened.store, hits, filters)
        empty = None if hits else why_nothing(opened.store)
        tell_unjudged(opened.store, filters)
        tell_label_sets(opened.store, filters)
    if not hits:
        where = describe(filters)
        tell(empty or f"No other picture{f' {where}' if where else ' is in the library'}.")
    deliver(sorted_hits(hits, sort), results, library.folder, f"like {readable(picture)}", sort, facts)
    for line in below:
        tell(line)
