"""clipsearch query on a library that is a data set."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cli.data_sets.hits import write_data_set_hits
from cli.hints.answers import more_hint
from cli.output.rows import tell
from cli.shown.facts import wanted_facts
from cli.terminal.streams import is_terminal
from indexer.wording import counted

if TYPE_CHECKING:
    from cli.options.basic import LibraryOptions
    from cli.options.data_sets import AsOf
    from cli.options.terms import TermOptions
    from cli.output.deliver import ResultOptions
    from search.data_set_answers.hits import DataSetAnswer
    from search.data_sets.opened import OpenDataSet
    from search.filters.filters import Filters
    from search.query.ask import QueryRequest
    from search.query.sorting import Order
    from search.query.terms import Query

PREFIX = "The library is a data set, whose pictures may be anywhere"


def query_data_set(
    library: LibraryOptions,
    as_of: AsOf,
    terms: TermOptions,
    request: QueryRequest,
    has_terms: bool,
    sort: Order,
    results: ResultOptions,
) -> None:
    """Answer a query, whose request lacks only its terms; ends with exit code 1 if nothing is found."""
    from search.data_set_answers.ask import ask_data_set
    from search.data_set_answers.hits import sorted_hits
    from search.filters.filters import describe

    refuse_for_files(results)
    with open_data_set_of(library, as_of) as opened:
        from dataclasses import replace

        if has_terms:
            request = replace(request, query=query_of(opened, terms))
        for line in [*terms.hints(), *opened.companion.reader.notes(request.query.texts if request.query else ())]:
            tell(line)
        answer = ask_data_set(opened, request)
        is_empty = not answer.hits and not opened.pictures.count()
    if not answer.hits:
        tell(_EMPTY if is_empty else no_match(answer, describe(request.filters)))
    write_data_set_hits(sorted_hits(answer.hits, sort), results.output, wanted_facts(request.filters, sort))
    _tell_more(answer, request)
    if not answer.hits:
        raise click.exceptions.Exit(1)


def similar_in_data_set(
    library: LibraryOptions,
    as_of: AsOf,
    picture: str,
    k: int,
    filters: Filters,
    sort: Order,
    fold: bool,
    results: ResultOptions,
) -> None:
    """Find the pictures most like one; ends with exit code 1 if there is no other."""
    from indexer.errors import InvalidRequest
    from search.data_set_answers.hits import sorted_hits
    from search.data_set_answers.similar import similar
    from search.filters.filters import describe

    refuse_for_files(results)
    with open_data_set_of(library, as_of) as opened:
        try:
            hits = similar(opened, picture, k, filters, fold=fold)
        except InvalidRequest as error:
            raise click.UsageError(str(error)) from error
    if not hits:
        where = describe(filters)
        tell(f"No other picture{f' {where}' if where else ' is in the library'}.")
    write_data_set_hits(sorted_hits(hits, sort), results.output, wanted_facts(filters, sort))
    if not hits:
        raise click.exceptions.Exit(1)


_EMPTY = "There is no picture in the library; run: clipsearch index SOURCE --library LIBRARY"


def open_data_set_of(library: LibraryOptions, as_of: AsOf = None) -> OpenDataSet:
    """Open the data set that the options name; raises LibraryError, ModelMismatch."""
    from search.data_sets.opened import open_data_set

    assert library.data_set is not None
    return open_data_set(library.data_set, model=library.model, device=library.device, as_of=as_of)


def refuse_for_files(results: ResultOptions) -> None:
    """Raise click.UsageError for what is done with files on this machine."""
    given = {
        "--preview": results.preview,
        "--open": results.opening,
        "--copy-to": results.copy_to,
        "--link-to": results.link_to,
        "--html": results.html,
    }
    for option, value in given.items():
        if value:
            raise click.UsageError(
                f"{PREFIX}, and {option} needs files on this machine; --format paths lists their addresses."
            )


def query_of(opened: OpenDataSet, terms: TermOptions) -> Query:
    """Return the query, with pictures of the data set by their address or id; raises click.UsageError."""
    from indexer.errors import InvalidRequest
    from search.data_set_answers.terms import picture_terms
    from search.query.terms import Query, make_terms

    plus, minus, like, unlike = terms.weighted()
    try:
        texts = make_terms(terms.text, plus, minus, (), ())
        pictures = picture_terms(opened, [*like, *((name, -weight) for name, weight in unlike)])
        return Query((*texts, *pictures))
    except InvalidRequest as error:
        raise click.UsageError(str(error)) from error


def no_match(answer: DataSetAnswer, filters: str) -> str:
    """Say that nothing matches, and what is nearest."""
    where = f" {filters}" if filters else ""
    if not answer.nearest:
        return f"No picture{where}."
    best = answer.nearest[0]
    return f"No match{where}; the nearest is {best.address} ({best.score:.3f}), and --all shows more."


def _tell_more(answer: DataSetAnswer, request: QueryRequest) -> None:
    """Say that there is more than is shown: of filters alone always, since what is left out is known to pass."""
    shown = len(answer.hits)
    if request.query is None:
        if shown < answer.matching and request.k is None:
            tell(
                f"{counted(shown, 'picture', ',')} of {answer.matching:,} are listed, the newest;"
                f" -k {answer.matching} lists all."
            )
    elif shown and is_terminal(sys.stderr):
        for line in more_hint(shown, answer.matching):
            tell(line)
