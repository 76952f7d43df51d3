"""clipsearch query."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.options.basic import device_option, library_folder, library_option
from cli.options.filters import filter_options, filters_from, sort_option
from cli.options.results import ResultOptions, deliver, result_options
from cli.options.terms import hints, query_from, term_options

if TYPE_CHECKING:
    from search.query.ask import Cutoff
    from search.query.sorting import Order
    from search.results import Answer


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
@click.option(
    "-k",
    type=click.IntRange(min=1),
    help="How many results: by default 10, or with filters alone all. Example: -k 50",
)
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
    k: int | None,
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
    the same. Texts and pictures can be added and taken away. Filters alone list what passes them, newest first.

    \b
    Example:
      clipsearch query "red envelope"
      clipsearch query "horse" --plus stripes --minus grass:0.5
      clipsearch query --like beach.jpg --after 2021 --near "48.85,2.35" --radius 5km
      clipsearch query "dog on a beach" -k 50 --copy-to ~/dogs
      clipsearch query --label cup --link-to ~/cups
    """
    from cli.output.rows import tell
    from search.filters.filters import NO_FILTERS, describe
    from search.library.library import open_library
    from search.query.ask import QueryRequest, ask
    from search.query.sorting import sorted_hits

    chosen, place = filters_from(**filters), library_folder(library)
    terms = None
    if chosen != NO_FILTERS and not (text is not None or plus or minus or like or unlike):
        _refuse_unscored(raw=raw, cutoff=cutoff != "auto")
    else:
        terms = query_from(text, plus, minus, like, unlike)
    with open_library(place, model=model, device=device) as opened:
        for line in [*hints(text, plus, minus), *opened.reader.notes(terms.texts if terms else ())]:
            tell(line)
        answer = ask(opened, QueryRequest(terms, k, chosen, "none" if all_nearest else cutoff, raw))
    if not answer.hits:
        tell(_no_match(answer, describe(chosen)))
    title = _title(text, plus, minus, like, unlike) or describe(chosen)
    deliver(sorted_hits(answer.hits, sort), results, place, title)


def _refuse_unscored(**options: bool) -> None:
    """Raise click.UsageError for options about a text if there is none to compare pictures with."""
    given = [name for name, value in options.items() if value]
    if given:
        raise click.UsageError(f"--{given[0]} is about a query; give a TEXT, --plus TEXT or --like PICTURE too.")


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
