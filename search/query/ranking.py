"""The ranking of a query as arrays: what is laid out, counted and paged through, of which but a few become hits.

The pictures that match come first, by score or by date, then the weaker ones. Each row stands for a stack: copies of
one picture are behind the largest of them, as in `ask`. Without terms it is all that pass, by date or path, unscored.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from search.folding.stacks import Stack, folded
from search.index.files import snapshot
from search.library.hits import hits_of, hits_of_stacks
from search.query.ask import JUDGED_PICTURES, QueryRequest, is_judged, lowest_of
from search.query.cutoff import ALL_MATCH, NO_MATCH
from search.query.listing import by_path, listed_ids, newest_first
from search.query.sorting import Order
from search.query.vector import query_vector
from search.results import Hit

if TYPE_CHECKING:
    from indexer.arrays import FloatArray, Ids
    from search.filters.passing import Passing
    from search.library.library import Library

MOST = 10_000  # pictures that are ranked, unless all are asked for
GROWTH = 4  # as many again are looked for, where all that were ranked match
MOST_FOLDED = 2_000  # of these, the best, in which copies are looked for

Scored = tuple[int, float]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Pictures in order, the first `matching` of which match."""

    ids: Ids  # (n,)
    scores: FloatArray | None  # (n,) cosines; None without terms
    matching: int  # rows; more than there are if more match than were ranked
    lowest: float  # the lowest score that matches: -inf if all do, inf if nothing does
    total: int  # pictures that pass the filters, all of which might be ranked
    is_whole: bool  # whether no picture that passes is left out
    copies: Mapping[int, tuple[Scored, ...]] = field(default_factory=dict)  # behind a row, by its id
    all_matching: Ids | None = None  # ascending, without copies, where more match than there are rows
    is_counted: bool = True  # whether `matching` is how many match, and not only how many of a quick look do

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def held(self) -> int:
        """How many numbers are in memory, roughly."""
        return len(self) + len(self.copies) + (0 if self.all_matching is None else len(self.all_matching))

    @property
    def weaker(self) -> int:
        """How many pictures that pass do not match, of stacks of copies one."""
        if self.is_whole:
            return max(0, len(self) - self.matching)
        return max(0, self.total - self.matching - sum(map(len, self.copies.values())))

    def without(self, images: Ids) -> Ranking:
        """Return the rows of other pictures; the counts stay those of all."""
        rows = ~np.isin(self.ids, images)
        return replace(self, ids=self.ids[rows], scores=None if self.scores is None else self.scores[rows])

    def hits(self, library: Library, first: int, count: int) -> list[Hit]:
        """Return the hits of some rows, without pictures that were removed meanwhile."""
        ids = self.ids[first : first + count].tolist()
        if self.scores is None:
            return hits_of(library.store, [(image, None) for image in ids])
        scored = zip(ids, self.scores[first : first + count].tolist(), strict=True)
        return hits_of_stacks(library.store, [(one, self.copies.get(one[0], ())) for one in scored])


def rank(
    library: Library,
    request: QueryRequest,
    passing: Passing,
    order: Order,
    most: int | None = MOST,
    *,
    quick: bool = False,
) -> Ranking:
    """Return the ranking of a request, of `most` pictures or of all; `k` of the request counts for nothing.

    With `quick` it is of the nearest JUDGED_PICTURES alone, as `ask` finds them: of a large library nearly all of
    these, but how many match is not counted then, unless nothing does. Raises as `ask` does.
    """
    with snapshot(library.store):  # one state of the library, even if an indexer writes meanwhile
        if request.query is None:
            ids = listed_ids(library.store, passing, "date" if order == "score" else order)
            return Ranking(ids, None, len(ids), ALL_MATCH, len(ids), True)
    vector = query_vector(library, request.query, request.raw)
    background = library.background if is_judged(request.query, request.cutoff) else None
    with snapshot(library.store):
        total = len(library.index) if passing.count is None else passing.count
        found = library.index.nearest(vector, JUDGED_PICTURES, passing)  # by which `ask` finds the same cut-off
        lowest = lowest_of(library, request.cutoff, vector, _pairs(*found, JUDGED_PICTURES), passing, background)
        if not quick and most != JUDGED_PICTURES and total > len(found[0]):
            found = library.index.nearest(vector, min(most or total, total), passing)
        ids, scores = found[0][:most], found[1][:most]
        stacks = _stacks(library, _pairs(ids, scores, MOST_FOLDED), lowest) if request.fold else []
        ranking = _ranking(stacks, ids, scores, lowest, total, MOST_FOLDED if request.fold else 0)
        if quick:
            ranking = replace(ranking, is_counted=ranking.is_whole or not ranking.matching)
        elif not ranking.is_whole and ranking.matching == len(ranking) > 0:  # more may match than were ranked
            ranking = _counted(library, ranking, vector, passing)
        return ranking if order == "score" else _reordered(library, ranking, order)


def _pairs(ids: Ids, scores: FloatArray, most: int) -> list[Scored]:
    return list(zip(ids[:most].tolist(), scores[:most].tolist(), strict=True))


def _counted(library: Library, ranking: Ranking, vector: FloatArray, passing: Passing) -> Ranking:
    """Return a ranking whose rows all match with how many match besides them."""
    behind = {image for copies in ranking.copies.values() for image, _ in copies}
    if ranking.lowest == ALL_MATCH:
        return replace(ranking, matching=ranking.total - len(behind))
    every = _all_matching(library, ranking, vector, passing)
    every = every[~np.isin(every, np.array(sorted(behind), dtype=np.int64))]
    return replace(ranking, matching=max(len(every), len(ranking)), all_matching=every)


def _all_matching(library: Library, ranking: Ranking, vector: FloatArray, passing: Passing) -> Ids:
    """Return the ids of all that match, ascending: more and more of the nearest, until they score less, or all."""
    count = len(ranking)
    while (count := count * GROWTH) < ranking.total // GROWTH:
        ids, scores = library.index.nearest(vector, count, passing)
        if len(scores) == count and scores[-1] < ranking.lowest:
            return np.sort(ids[scores >= ranking.lowest])
    return library.index.at_least(vector, ranking.lowest, passing)


def _stacks(library: Library, scored: Sequence[Scored], lowest: float) -> list[Stack]:
    """Return the stacks of the best pictures; those far down nobody looks at side by side."""
    return folded(library.store, library.model, scored, lowest)


def _ranking(
    stacks: Sequence[Stack], ids: Ids, scores: FloatArray, lowest: float, total: int, looked_at: int
) -> Ranking:
    """Return the ranking of stacks, made of the first pictures that were `looked_at`, and the others as they are."""
    best = [max(stack.shown[1], *(score for _, score in stack.copies), -math.inf) for stack in stacks]
    shown = np.array([stack.shown[0] for stack in stacks], dtype=np.int64)
    theirs = np.array([stack.shown[1] for stack in stacks], dtype=np.float32)
    rest = scores[looked_at:]
    return Ranking(
        np.concatenate([shown, ids[looked_at:]]),
        np.concatenate([theirs, rest]),
        sum(score >= lowest for score in best) + int((rest >= lowest).sum()) if lowest < NO_MATCH else 0,
        lowest,
        total,
        len(ids) >= total,
        {stack.shown[0]: stack.copies for stack in stacks if stack.copies},
    )


def _reordered(library: Library, ranking: Ranking, order: Order) -> Ranking:
    """Return a ranking with the rows that match by date or path; the weaker ones stay as they are."""
    assert ranking.scores is not None
    ids = ranking.ids[: ranking.matching]
    sorted_ids = newest_first(library.store, ids) if order == "date" else by_path(library.store, ids)
    rows = {int(image): row for row, image in enumerate(ids)}
    moved = np.array([rows[int(image)] for image in sorted_ids], dtype=np.int64)
    places = np.concatenate([moved, np.arange(ranking.matching, len(ranking))]).astype(np.int64)
    return Ranking(
        ranking.ids[places],
        ranking.scores[places],
        ranking.matching,
        ranking.lowest,
        ranking.total,
        ranking.is_whole,
        ranking.copies,
    )
