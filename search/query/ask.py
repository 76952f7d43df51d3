"""Answering a query: which pictures are nearest, and which of them match."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np

from indexer.errors import InvalidRequest
from search.filters.filters import Filters
from search.index.files import snapshot
from search.library.hits import hits_of
from search.query.cutoff import ALL_MATCH, NO_MATCH, Sigmoid, lowest_match
from search.query.terms import Query
from search.results import Answer
from search.texts.background import background_prompts

if TYPE_CHECKING:
    from indexer.arrays import FloatArray, Ids
    from search.library.library import Library

Cutoff = Literal["auto", "none"] | float

JUDGED = 200  # of the nearest pictures decide where the cut-off lies
NOTHING = Filters()


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with all that shapes its answer."""

    query: Query
    k: int = 10
    filters: Filters = NOTHING
    cutoff: Cutoff = "auto"
    raw: bool = False  # texts are embedded as they are, without templates

    def check(self) -> None:
        """Raise InvalidRequest for what can't be answered."""
        if self.k < 1:
            raise InvalidRequest("The number of results must be at least 1.")
        if self.cutoff not in ("auto", "none") and not (isinstance(self.cutoff, Real) and -1 <= self.cutoff <= 1):
            raise InvalidRequest("A cut-off is a cosine from -1 to 1, auto or none.")

    @property
    def is_judged(self) -> bool:
        """Whether the cut-off is found from what other texts score: that says nothing of pictures and differences."""
        return self.cutoff == "auto" and all(term.text is not None and term.weight > 0 for term in self.query.terms)


def ask(library: Library, asked: Asked) -> Answer:
    """Return the k nearest pictures, best first, and which of them match.

    Raises InvalidRequest for k < 1 or terms that cancel each other, FolderError for a folder that is not in the
    library, PictureError for a picture that can't be read.
    """
    asked.check()
    among = library.ids(asked.filters)
    if among is not None and not len(among):
        return Answer((), 0, NO_MATCH)
    vector = library.query_vector(asked.query, asked.raw)
    background = library.embed(background_prompts()) if asked.is_judged else None
    with snapshot(library.store):  # one state of the library, though an indexer may write meanwhile
        found = library.index.search(vector, max(asked.k, 0 if background is None else JUDGED), among)
        lowest = _lowest(library, asked, vector, found, among, background)
        matching = sum(score >= lowest for _, score in found)
        return Answer(tuple(hits_of(library.store, found[: asked.k])), matching, lowest)


def _lowest(
    library: Library,
    asked: Asked,
    vector: FloatArray,
    found: list[tuple[int, float]],
    among: Ids | None,
    background: FloatArray | None,
) -> float:
    """Return the lowest score that matches."""
    if asked.cutoff not in ("auto", "none"):
        return float(asked.cutoff)
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
        count=None if among is None else len(among),  # by default the spread's, which need not be counted
        sigmoid=sigmoid,
    )
