"""Answer a query: which pictures are nearest, and which of them match; with filters alone, all that pass."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np

from indexer.builtin_space.colour_terms import COLOURS, has_colours
from indexer.errors import InvalidRequest
from search.filters.filters import NO_FILTERS, Filters
from search.folding.stacks import FEWEST_LOOKED_AT, nearest_stacks
from search.index.files import snapshot
from search.library.hits import hits_of, hits_of_stacks
from search.query.coloured import Judged, lowest_coloured
from search.query.cutoff import ALL_MATCH, NO_MATCH, Sigmoid, lowest_match
from search.query.first_listed import newest_hits
from search.query.sorting import sorted_hits
from search.query.terms import Query
from search.query.vector import query_vector
from search.results import Answer

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.store.models import StoredModel
    from search.filters.passing import Passing
    from search.library.library import Library

Cutoff = Literal["auto", "none"] | float

DEFAULT_K = 10
JUDGED_PICTURES = 200  # the nearest ones, which decide where the cut-off is


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query with everything that shapes its answer; without a query, filters alone."""

    query: Query | None
    k: int | None = None  # how many results: by default DEFAULT_K, with filters alone all
    filters: Filters = NO_FILTERS
    cutoff: Cutoff = "auto"
    raw: bool = False  # texts are embedded as they are, without templates
    fold: bool = False  # copies of a picture stand behind the largest of them, and `k` counts what is left

    def check(self) -> None:
        """Raise InvalidRequest for what can't be answered."""
        if self.query is None and self.filters == NO_FILTERS:
            raise InvalidRequest('Nothing is asked for; give a text, such as "red envelope", or a filter.')
        if self.k is not None and self.k < 1:
            raise InvalidRequest("The number of results must be at least 1.")
        is_cosine = isinstance(self.cutoff, Real) and not isinstance(self.cutoff, bool) and -1 <= self.cutoff <= 1
        if not is_cosine and not (isinstance(self.cutoff, str) and self.cutoff in ("auto", "none")):
            raise InvalidRequest("A cut-off is a score from -1 to 1, auto or none.")
        if self.query is None and (self.raw or self.cutoff not in ("auto", "none")):
            raise InvalidRequest("raw and cutoff are about what is asked for; give a text or a picture too.")


def ask(library: Library, request: QueryRequest, passing: Passing | None = None) -> Answer:
    """Return the k nearest pictures, best first, and which of them match; perhaps folded.

    The cut-off is found before that, and what is a copy of a match belongs to it; the largest that matches stands for
    its copies, in the place of the best. With filters alone: the pictures that
    pass, newest first, those without a date by path; without scores, and not folded. `passing` are the pictures that
    pass the filters, if they are known. Raises InvalidRequest for a request that makes no sense or terms that cancel
    each other, FolderError for a folder that is not in the library, PictureError for a picture that can't be read.
    """
    request.check()
    passing = library.passing(request.filters) if passing is None else passing
    if request.query is None:
        return _listed(library, passing, request.k)
    if passing.is_nothing:
        return Answer((), 0, NO_MATCH)
    k = request.k or DEFAULT_K
    vector = query_vector(library, request.query, request.raw)
    background = library.background if is_judged(request.query, request.cutoff) else None
    judged = max(k, 0 if background is None else JUDGED_PICTURES)
    with snapshot(library.store):  # one state of the library, even if an indexer writes meanwhile
        scored = library.index.search(vector, max(judged, FEWEST_LOOKED_AT if request.fold else 0), passing)
        lowest = lowest_of(library, request.cutoff, vector, scored, passing, background)
        matching = sum(score >= lowest for _, score in scored[:judged])
        if not request.fold:
            return Answer(tuple(hits_of(library.store, scored[:k])), matching, lowest)

        def nearest(count: int) -> list[tuple[int, float]]:
            return library.index.search(vector, count, passing)

        stacks = nearest_stacks(library.store, library.model, nearest, k, scored, lowest)
        hits = hits_of_stacks(library.store, [(stack.shown, stack.copies) for stack in stacks])
        return Answer(tuple(hits), matching, lowest)


def _listed(library: Library, passing: Passing, k: int | None) -> Answer:
    """Return the pictures that pass, the first k or all."""
    if k is not None:
        hits = newest_hits(library.store, passing, k)
        return Answer(tuple(hits), _count(library, passing), ALL_MATCH)
    hits = hits_of(library.store, [(image, None) for image in passing.listed(library.store)])
    hits = sorted_hits(sorted_hits(hits, "path"), "date")
    return Answer(tuple(hits), len(hits), ALL_MATCH)


def _count(library: Library, passing: Passing) -> int:
    """Return how many pictures pass."""
    every = "SELECT count(*) FROM images"
    return int(library.store.db.execute(every).fetchone()[0]) if passing.count is None else passing.count


def is_judged(query: Query, cutoff: Cutoff) -> bool:
    """Return whether scores of other texts give the cut-off; they mean nothing for pictures and minuses."""
    return cutoff == "auto" and all(term.text is not None and term.weight > 0 for term in query.terms)


def lowest_of(
    library: Library,
    cutoff: Cutoff,
    vector: FloatArray,
    scored: list[tuple[int, float]],
    passing: Passing,
    background: FloatArray | None,
) -> float:
    """Return the lowest score that matches, from the scored pictures (id, score), best first."""
    if (known := lowest_unjudged(cutoff, bool(scored), background is not None)) is not None:
        return known
    assert background is not None
    judged = scored[:JUDGED_PICTURES]
    ids, vectors = library.index.vectors([image for image, _ in judged])
    rows = np.searchsorted(ids, [image for image, _ in judged])
    scores = np.array([score for _, score in judged], dtype=np.float32)
    # Of all pictures no count stands for the spread's, which is known without counting.
    found = Judged(vector, scores, vectors[rows], background, library.index.spread(), passing.count)
    return lowest_judged(library.model, found)


def lowest_unjudged(cutoff: Cutoff, is_any: bool, is_judged: bool) -> float | None:
    """Return the lowest score that matches where no picture has to be looked at for it, else None."""
    if cutoff not in ("auto", "none"):
        return float(cutoff)
    if not is_judged:
        return ALL_MATCH
    return None if is_any else NO_MATCH


def lowest_judged(model: StoredModel, found: Judged) -> float:
    """Return the lowest score that matches, from the best pictures of a query, at most JUDGED_PICTURES."""
    lowest = lowest_match(
        found.query,
        found.scores,
        found.vectors,
        found.background,
        found.spread,
        count=found.count,
        sigmoid=None if model.logit_bias is None else Sigmoid(model.logit_scale, model.logit_bias),
    )
    return lowest_coloured(found, lowest, len(COLOURS)) if has_colours(model.name, model.dim) else lowest
