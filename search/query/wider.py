"""A wider query for one that nothing matches: "mammal", which 12 pictures match, for "gorilla"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from indexer.errors import ModelError
from search.query.ask import JUDGED_PICTURES, QueryRequest, ask
from search.query.terms import make_query
from search.results import Answer
from search.texts.languages import foreign_language
from search.wider.phrases import wider_queries

if TYPE_CHECKING:
    from search.filters.passing import Passing
    from search.library.library import Library

MOST_TRIED = 6  # each is a text or two to embed, some 10 ms


@dataclass(frozen=True, slots=True)
class Wider:
    """A query that is wider than one that nothing matches, and how many pictures match it."""

    text: str
    matching: int

    @property
    def is_all(self) -> bool:
        """Whether no more pictures may match: no more than these were judged."""
        return self.matching < JUDGED_PICTURES


def wider_match(
    library: Library, request: QueryRequest, answer: Answer, passing: Passing | None = None
) -> Wider | None:
    """Return the nearest wider query that any picture matches, among the same pictures; None if there is none.

    The pictures are those that pass the request's filters, unless `passing` says which. Only a single English text is
    made wider, and only where embedding some more texts is quick.
    """
    text = _plain_text(request)
    if text is None or answer.hits or not answer.nearest or foreign_language(text) is not None:
        return None
    queries = wider_queries(text, MOST_TRIED)
    try:
        prompts = _prompts(library, queries, request.raw)
        if not prompts or not library.embeds_quickly(prompts):
            return None
        library.embed(prompts)  # all at once
        passing = passing or library.passing(request.filters)
        for query in queries:
            found = ask(library, replace(request, query=make_query(query), k=1), passing)
            if found.matching:
                return Wider(query, found.matching)
    except ModelError:
        pass  # the query itself was answered
    return None


def _prompts(library: Library, queries: list[str], raw: bool) -> list[str]:
    """Return what is embedded for queries, each once."""
    reader = library.reader
    return list(dict.fromkeys(prompt for query in queries for prompt in reader.prompts_of(query, raw).texts))


def _plain_text(request: QueryRequest) -> str | None:
    """Return the text of a query that is nothing but a text, judged by the usual cut-off."""
    terms = request.query.terms if request.query is not None else ()
    return terms[0].text if len(terms) == 1 and request.cutoff == "auto" and terms[0].weight > 0 else None
