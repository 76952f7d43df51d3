"""clipsearch query."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.filter_options import filter_options, filters_from, sort_option
from cli.options import device_option, library_folder, library_option
from cli.query_terms import hints, query_from, term_options
from cli.result_options import ResultOptions, deliver, result_options

if TYPE_CHECKING:
    from search.querying import Cutoff
    from search.results import Answer
    from search.sorting import Order


def _parse_cutoff(context: click.Context, parameter: click.Parameter, value: str) -> Cutoff:
    """Return what --cutoff says."""
    if value == "auto":
        return "auto"
    if value == "none":
        return "none"
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not -1 <= number <= 1:
        raise click.BadParameter(f"{value!r} is not auto, none, or a cosine from -1 to 1.")
    return number


@click.command()
@term_options
@click.option("-k", default=10, show_default=True, type=click.IntRange(min=1), help="How many results. Example: -k 50")
@click.option(
    "--cutoff",
    metavar="auto|none|NUMBER",
    default="auto",
    show_default=True,
    callback=_parse_cutoff,
    help="What counts as a match: found anew for each query, everything, or a least score. Example: --cutoff 0.25",
)
@click.option("--all", "all_nearest", is_flag=True, help="The nearest pictures even if none matches. Example: --all")
@filter_options
@sort_option
@result_options
@click.option("--model", help="Refuse to answer unless this is the library's model. Example: --model builtin")
@device_option
@library_option
def query(
    text: str | None,
    plus: tuple[str, ...],
    minus: tuple[str, ...],
    like: tuple[str, ...],
    unlike: tuple[str, ...],
    raw: bool,
    k: int,
    cutoff: Cutoff,
    all_nearest: bool,
    sort: Order,
    results: ResultOptions,
    model: str | None,
    device: str,
    library: Path | None,
    **filters: Any,
) -> None:
    """Find the pictures that match TEXT, best first: score (cosine) and path; for videos also the second.

    The score that a picture needs is found anew for each query, so there may be none; --all shows the nearest all
    the same. Texts and pictures can be added and taken away.

    \b
    Example:
      clipsearch query "red envelope"
      clipsearch query "horse" --plus stripes --minus grass:0.5
      clipsearch query --like beach.jpg --after 2021 --near "48.85,2.35" --radius 5km
      clipsearch query "dog on a beach" -k 50 --copy-to ~/dogs
    """
    from cli.output import tell
    from search.filters import describe
    from search.library import open_library
    from search.querying import Asked
    from search.sorting import sorted_hits

    asked = Asked(
        query_from(text, plus, minus, like, unlike), k, filters_from(**filters), "none" if all_nearest else cutoff, raw
    )
    place = library_folder(library)
    with open_library(place, model=model, device=device) as opened:
        for line in [*hints(text, plus, minus), *opened.notes(asked.query)]:
            tell(line)
        answer = opened.ask(asked)
    if not answer.hits:
        tell(_no_match(answer, describe(asked.filters)))
    deliver(sorted_hits(answer.hits, sort), results, place, _title(text, plus, minus, like, unlike))


def _no_match(answer: Answer, chosen: str) -> str:
    """Say that nothing matches, and what is nearest."""
    where = f" {chosen}" if chosen else ""
    if not answer.nearest:
        return f"No picture{where}."
    best = answer.nearest[0]
    return f"No match{where}; the nearest is {best.path} ({best.score:.3f}), and --all shows more."


def _title(
    text: str | None, plus: tuple[str, ...], minus: tuple[str, ...], like: tuple[str, ...], unlike: tuple[str, ...]
) -> str:
    """Return what was asked for, in one line."""
    parts = [text] if text else []
    signs = (("+ ", plus), ("- ", minus), ("like ", like), ("unlike ", unlike))
    return " ".join([*parts, *(f"{sign}{value}" for sign, values in signs for value in values)])
