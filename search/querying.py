"""Answering a query: which pictures are nearest, and which of them match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from indexer.errors import InvalidRequest
from search.background import background_prompts
from search.cutoff import ALL_MATCH, NO_MATCH, Sigmoid, lowest_match
from search.filters import Filters
from search.hits import hits_of
from search.results import Answer
from search.terms import Query

if TYPE_CHECKING:
    from indexer.encoder import FloatArray
    from search.compressed_index import Ids
    from search.library import Library

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
        if isinstance(self.cutoff, float) and not -1 <= self.cutoff <= 1:
            raise InvalidRequest("A cut-off is a cosine from -1 to 1, auto or none.")


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
    found = library.index.search(vector, max(asked.k, JUDGED if asked.cutoff == "auto" else 0), among)
    lowest = _lowest(library, asked, vector, found, among)
    matching = sum(score >= lowest for _, score in found)
    return Answer(tuple(hits_of(library.store, found[: asked.k])), matching, lowest)


def _lowest(
    library: Library, asked: Asked, vector: FloatArray, found: list[tuple[int, float]], among: Ids | None
) -> float:
    """Return the lowest score that matches."""
    if asked.cutoff != "auto":
        return ALL_MATCH if asked.cutoff == "none" else float(asked.cutoff)
    if not found:
        return NO_MATCH
    if not all(term.text is not None and term.weight > 0 for term in asked.query.terms):
        return ALL_MATCH  # what other texts score says nothing about a picture, or about a difference of texts
    judged = found[:JUDGED]
    ids, vectors = library.index.vectors([image for image, _ in judged])
    rows = np.searchsorted(ids, [image for image, _ in judged])
    sigmoid = None if library.model.logit_bias is None else Sigmoid(library.model.logit_scale, library.model.logit_bias)
    return lowest_match(
        vector,
        np.array([score for _, score in judged], dtype=np.float32),
        vectors[rows],
        library.embed(background_prompts()),
        library.index.spread(),
        count=len(library.index) if among is None else len(among),
        sigmoid=sigmoid,
    )
