"""Answering a query: which pictures are nearest, and which of them match; with filters alone, all that pass."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np

from indexer.errors import InvalidRequest
from search.filters.filters import NO_FILTERS, Filters
from search.index.files import snapshot
from search.library.hits import hits_of
from search.query.cutoff import ALL_MATCH, NO_MATCH, Sigmoid, lowest_match
from search.query.sorting import sorted_hits
from search.query.terms import Query, make_query
from search.query.vector import vector_of
from search.results import Answer, Hit
from search.texts.background import background_prompts

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from search.filters.passing import Passing
    from search.library.library import Library

Cutoff = Literal["auto", "none"] | float

USUAL = 10  # results, if no number is given
JUDGED = 200  # of the nearest pictures decide where the cut-off lies


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with all that shapes its answer; without a query, filters alone."""

    query: Query | None
    k: int | None = None  # how many results: by default USUAL, with filters alone all
    filters: Filters = NO_FILTERS
    cutoff: Cutoff = "auto"
    raw: bool = False  # texts are embedded as they are, without templates

    def check(self) -> None:
        """Raise InvalidRequest for what can't be answered."""
        if self.query is None and self.filters == NO_FILTERS:
            raise InvalidRequest('Nothing is asked for; give a text, such as "red envelope", or a filter.')
        if self.k is not None and self.k < 1:
            raise InvalidRequest("The number of results must be at least 1.")
        if self.cutoff not in ("auto", "none") and not (isinstance(self.cutoff, Real) and -1 <= self.cutoff <= 1):
            raise InvalidRequest("A cut-off is a cosine from -1 to 1, auto or none.")
        if self.query is None and (self.raw or self.cutoff not in ("auto", "none")):
            raise InvalidRequest("raw and cutoff are about what is asked for; give a text or a picture too.")


def ask(library: Library, asked: Asked) -> Answer:
    """Return the k nearest pictures, best first, and which of them match.

    With filters alone: the pictures that pass, newest first, those without a date by path; without scores. Raises
    InvalidRequest for what makes no sense or terms that cancel each other, FolderError for a folder that is not in the
    library, PictureError for a picture that can't be read.
    """
    asked.check()
    passing = library.passing(asked.filters)
    if asked.query is None:
        return _listed(library, passing, asked.k)
    if passing.is_nothing:
        return Answer((), 0, NO_MATCH)
    k = asked.k or USUAL
    vector = vector_of(library, asked.query, asked.raw)
    background = library.embed(background_prompts()) if _is_judged(asked.query, asked.cutoff) else None
    with snapshot(library.store):  # one state of the library, though an indexer may write meanwhile
        found = library.index.search(vector, max(k, 0 if background is None else JUDGED), passing)
        lowest = _lowest(library, asked.cutoff, vector, found, passing, background)
        matching = sum(score >= lowest for _, score in found)
        return Answer(tuple(hits_of(library.store, found[:k])), matching, lowest)


def nearest(library: Library, text: str, k: int = USUAL, filters: Filters = NO_FILTERS) -> list[Hit]:
    """Return the k pictures nearest to a text, best first, whether they match or not; raises as `ask` does."""
    return list(ask(library, Asked(make_query(text), k, filters, cutoff="none")).nearest)


def _listed(library: Library, passing: Passing, k: int | None) -> Answer:
    """Return the pictures that pass, the first k or all."""
    hits = hits_of(library.store, [(image, None) for image in passing.listed(library.store)])
    hits = sorted_hits(sorted_hits(hits, "path"), "date")
    return Answer(tuple(hits[:k]), len(hits), ALL_MATCH)


def _is_judged(query: Query, cutoff: Cutoff) -> bool:
    """Return whether the cut-off is found from what other texts score, which says nothing of pictures and minuses."""
    return cutoff == "auto" and all(term.text is not None and term.weight > 0 for term in query.terms)


def _lowest(
    library: Library,
    cutoff: Cutoff,
    vector: FloatArray,
    found: list[tuple[int, float]],
    passing: Passing,
    background: FloatArray | None,
) -> float:
    """Return the lowest score that matches."""
    if cutoff not in ("auto", "none"):
        return float(cutoff)
    if background is None:
        return ALL_MATCH
    if not found:
        return NO_MATCH
    judged = found[:JUDGED]
    ids, vectors = library.index.vectors([image for image, _ in judged])
    rows = np.searchsorted(ids, [image for image, _ in judged])
    sigmoid = None if library.model.logit_bias is None else Sigmoid(library.model.logit_scale, library.model.logit_bias)
    return lowest_match(
        vector,
        np.array([score for _, score in judged], dtype=np.float32),
        vectors[rows],
        background,
        library.index.spread(),
        count=passing.count,  # for None the spread's, which need not be counted
        sigmoid=sigmoid,
    )
