"""How far a compressed index must look so that it finds what an exact search finds, measured on held-out queries.

The queries are pictures of the library that the index was not trained on, each left out of its own answer, and the
texts that were asked of this model before: texts lie elsewhere than pictures, so one kind says little of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.arrays import FloatArray, Ids
from search.index.compressed import CompressedIndex

TOP = 10  # recall@10
GOAL = 0.995
DEPTHS = (64, 128, 256, 512, 1024)  # candidates that are ranked again
LEAST_SHARE = 1 / 32  # of the lists is looked through at least: new pictures may be unlike those measured
MS_PER_CODE, MS_PER_VECTOR = 1.5e-5, 6e-3  # what a comparison and a stored vector cost, roughly


@dataclass(frozen=True, slots=True)
class Reach:
    """How far to look, and what is found then."""

    probes: int  # lists
    depth: int  # candidates
    recall: float  # @10, of the kind of query that fares worse


@dataclass(slots=True)
class Truth:
    """The exact answers to the queries, gathered while blocks of vectors pass by."""

    groups: Sequence[FloatArray]  # of queries: pictures, texts
    own: Ids  # the ids of the first group's pictures
    scores: FloatArray = field(init=False)
    ids: Ids = field(init=False)

    def __post_init__(self) -> None:
        queries = sum(len(group) for group in self.groups)
        self.scores = np.full((queries, TOP), -np.inf, np.float32)
        self.ids = np.full((queries, TOP), -1, np.int64)

    @property
    def queries(self) -> FloatArray:
        """All queries, shape (n, dim)."""
        return np.concatenate(list(self.groups))

    def see(self, ids: Ids, vectors: FloatArray) -> None:
        """Take a block of the library into account."""
        scores = self.queries @ vectors.T
        own = self.own[:, np.newaxis] == ids[np.newaxis, :]
        scores[: len(self.own)][own] = -np.inf
        best = np.argpartition(-scores, min(TOP, len(ids) - 1), axis=1)[:, :TOP]
        scores = np.concatenate([self.scores, np.take_along_axis(scores, best, axis=1)], axis=1)
        found = np.concatenate([self.ids, ids[best]], axis=1)
        best = np.argsort(-scores, axis=1)[:, :TOP]
        self.scores, self.ids = np.take_along_axis(scores, best, axis=1), np.take_along_axis(found, best, axis=1)


def reach(index: CompressedIndex, truth: Truth) -> Reach:
    """Return the cheapest reach that has the recall wanted, or the best there is."""
    queries = truth.queries
    best = Reach(index.lists, DEPTHS[-1], 0.0)
    found: dict[int, Ids] = {}
    for probes, depth in _by_cost(index):
        if probes not in found:
            found[probes] = index.candidates(queries, DEPTHS[-1] + 1, probes)
        recall = _recall(found[probes], truth, depth)
        if recall >= GOAL:
            return Reach(probes, depth, recall)
        if recall > best.recall:
            best = Reach(probes, depth, recall)
    return best


def _by_cost(index: CompressedIndex) -> list[tuple[int, int]]:
    """Return pairs of (lists to look through, candidates), the cheapest first."""
    least = max(1, round(index.lists * LEAST_SHARE))
    probes = [least]
    while probes[-1] < index.lists:
        probes.append(min(2 * probes[-1], index.lists))

    def cost(pair: tuple[int, int]) -> float:
        return pair[0] / index.lists * len(index) * MS_PER_CODE + pair[1] * MS_PER_VECTOR

    return sorted(((one, depth) for one in probes for depth in DEPTHS), key=cost)


def _recall(found: Ids, truth: Truth, depth: int) -> float:
    """Return the recall of the worse of the groups; ranked again, every true answer among the candidates stays."""
    hits = np.array(
        [
            np.isin(true[true >= 0], some[some != own][:depth]).mean()
            for true, some, own in zip(truth.ids, found, _padded(truth.own, len(found)), strict=True)
        ]
    )
    ends = np.cumsum([len(group) for group in truth.groups])
    return float(min(part.mean() for part in np.split(hits, ends[:-1]) if len(part)))


def _padded(own: Ids, count: int) -> Ids:
    return np.concatenate([own, np.full(count - len(own), -2, np.int64)])
