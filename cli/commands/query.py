"""clipsearch query."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from cli.help.commands import HelpedCommand
from cli.help.headings import HOW_MANY, headed
from cli.hints.answers import hints_below, why_nothing
from cli.hints.wider import wider_hint
from cli.options.again import called_with
from cli.options.basic import LibraryOptions, any_library_options, device_option, model_option
from cli.options.data_sets import AsOf, as_of_option, refuse_as_of
from cli.options.filters import filter_options, fold_option, sort_option
from cli.options.results import result_options
from cli.options.terms import TermOptions, term_options
from cli.output.deliver import ResultOptions, deliver
from cli.output.rows import tell
from cli.output.unjudged import tell_label_sets, tell_unjudged, tell_unnamed
from cli.shown.facts import facts_of
from cli.shown.paths import told_path

if TYPE_CHECKING:
    from search.filters.filters import Filters
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
        raise click.BadParameter(f"{value!r} is not auto, none, or a score from -1 to 1.")
    return number


@click.command(cls=HelpedCommand)
@term_options
@headed(
    HOW_MANY,
    click.option(
        "-k",
        metavar="N",
        type=click.IntRange(min=1),
        help="How many; by default 10, or all with filters alone.",
    ),
    click.option(
        "--cutoff",
        metavar="SCORE",
        default="auto",
        callback=_parse_cutoff,
        help="What counts as a match: auto, the default; none, which is everything; or a least score, such as 0.25.",
    ),
    click.option("--all", "all_nearest", is_flag=True, help="The nearest pictures even if none matches."),
)
@filter_options
@sort_option
@fold_option
@result_options
@as_of_option
@model_option
@device_option
@any_library_options
def query(
    terms: TermOptions,
    k: int | None,
    cutoff: Cutoff,
    all_nearest: bool,
    filters: Filters,
    sort: Order,
    fold: bool,
    results: ResultOptions,
    as_of: AsOf,
    library: LibraryOptions,
) -> None:
    """Find the pictures that match TEXT, best first.

    What counts as a match is found for each query, so there may be none, which is exit code 1; --all shows the nearest
    anyway. What TEXT has in double quotes must be in the name of the file or of a folder. Copies of a picture stand
    behind the largest of them. Filters alone list what passes them, newest first.

    \b
    Example:
      clipsearch query red envelope
      clipsearch query 'beach "2019"'
      clipsearch query horse --plus stripes --minus grass:0.5
      clipsearch query --like beach.jpg --after 2021 --near Paris
      clipsearch query dog on a beach -k 50 --copy-to ~/dogs
    """
    from search.filters.filters import NO_FILTERS, describe
    from search.filters.passing import in_no_path
    from search.query.ask import QueryRequest, ask
    from search.query.sorting import sorted_hits

    if all_nearest and click.get_current_context().get_parameter_source("cutoff") != ParameterSource.DEFAULT:
        raise click.UsageError("--all shows the nearest whatever they score, and --cutoff says what counts; give one.")
    refuse_as_of(library, as_of)
    filters = terms.narrowed(filters)
    is_scored = bool(terms) or filters == NO_FILTERS
    if not is_scored:
        _refuse_unscored(bool(terms.named), raw=terms.raw, cutoff=cutoff != "auto")
    judged_by: Cutoff = "none" if all_nearest else cutoff
    if library.data_set is not None:
        from cli.data_sets.query import query_data_set

        request = QueryRequest(None, k, filters, judged_by, terms.raw, fold)
        query_data_set(library, as_of, terms, request, is_scored, sort, results)
        return
    asked = terms.query() if is_scored else None
    with library.open_or_offer() as opened:
        for line in [*terms.hints(), *opened.reader.notes(asked.texts if asked else ())]:
            tell(line)
        request = QueryRequest(asked, k, filters, judged_by, terms.raw, fold)
        answer = ask(opened, request)
        facts = facts_of(opened.store, answer.hits, filters, sort, tell)
        tell_unjudged(opened.store, filters)
        tell_label_sets(opened.store, filters)
        below = hints_below(opened.store, answer.hits, filters, answer.matching, answer.lowest)
        empty = None if answer.hits else why_nothing(opened.store)
        nameless = () if answer.hits else in_no_path(opened.store, filters.named)
        again = partial(called_with, click.get_current_context())
        wider = None if answer.hits or empty else wider_hint(opened, request, answer, terms.named, again)
    if not answer.hits:
        tell(empty or _no_match(answer, describe(filters)))
        if wider is not None:
            tell(wider)
        tell_unnamed(nameless, terms.named)
    deliver(sorted_hits(answer.hits, sort), results, library.folder, terms.title or describe(filters), sort, facts)
    for line in below:
        tell(line)


def _refuse_unscored(is_named: bool, **options: bool) -> None:
    """Raise click.UsageError for options about a text if there is none to compare pictures with, but quoted parts."""
    given = [name for name, value in options.items() if value]
    quoted = ", and what has double quotes is only looked for in names" if is_named else ""
    if given:
        what = f"--{given[0]} is about a query{quoted}"
        raise click.UsageError(f"{what}; give a TEXT, --plus TEXT or --like PICTURE too.")


def _no_match(answer: Answer, filters: str) -> str:
    """Say that nothing matches, and what is nearest."""
    where = f" {filters}" if filters else ""
    if not answer.nearest:
        return f"No picture{where}."
    best = answer.nearest[0]
    return f"No match{where}; the nearest is {told_path(best.path)} ({best.score:.3f}), and --all shows more."
