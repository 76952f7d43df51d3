"""How much of a compressed index to search so that it finds what an exact search finds, measured on held-out queries.

The queries are pictures that the index was not trained on, each left out of its own answer, and the texts that this
model has embedded before: texts lie elsewhere than pictures, so the recall of one kind says little about the other.
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
LEAST_SHARE = 1 / 32  # of the lists to search: new pictures may be unlike those measured
MS_PER_CODE, MS_PER_VECTOR = 1.5e-5, 6e-3  # the rough cost of a comparison and of reading a stored vector


@dataclass(frozen=True, slots=True)
class SearchEffort:
    """How many lists and candidates to search, and the recall of that."""

    probes: int  # lists
    depth: int  # candidates
    recall: float  # @10, of the kind of query with the lower one


@dataclass(slots=True)
class ExactAnswers:
    """The exact answers to the queries, collected block by block."""

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

    def add_block(self, ids: Ids, vectors: FloatArray) -> None:
        """Take ids (n,) and vectors (n, dim) of the library into account."""
        scores = self.queries @ vectors.T
        own = self.own[:, np.newaxis] == ids[np.newaxis, :]
        scores[: len(self.own)][own] = -np.inf
        best = np.argpartition(-scores, min(TOP, len(ids) - 1), axis=1)[:, :TOP]
        scores = np.concatenate([self.scores, np.take_along_axis(scores, best, axis=1)], axis=1)
        candidates = np.concatenate([self.ids, ids[best]], axis=1)
        best = np.argsort(-scores, axis=1)[:, :TOP]
        self.scores, self.ids = np.take_along_axis(scores, best, axis=1), np.take_along_axis(candidates, best, axis=1)


def least_effort(index: CompressedIndex, answers: ExactAnswers) -> SearchEffort:
    """Return the cheapest effort that reaches GOAL, or the one with the highest recall if none does."""
    best = SearchEffort(index.lists, DEPTHS[-1], 0.0)
    candidates: dict[int, Ids] = {}  # by probes
    for probes, depth in _by_cost(index):
        if probes not in candidates:
            candidates[probes] = index.candidates(answers.queries, DEPTHS[-1] + 1, probes)
        recall = _recall(candidates[probes], answers, depth)
        if recall >= GOAL:
            return SearchEffort(probes, depth, recall)
        if recall > best.recall:
            best = SearchEffort(probes, depth, recall)
    return best


def _by_cost(index: CompressedIndex) -> list[tuple[int, int]]:
    """Return pairs of (lists to search, candidates), the cheapest first."""
    all_probes = [max(1, round(index.lists * LEAST_SHARE))]
    while all_probes[-1] < index.lists:
        all_probes.append(min(2 * all_probes[-1], index.lists))

    def cost(pair: tuple[int, int]) -> float:
        return pair[0] / index.lists * len(index) * MS_PER_CODE + pair[1] * MS_PER_VECTOR

    return sorted(((probes, depth) for probes in all_probes for depth in DEPTHS), key=cost)


def _recall(candidates: Ids, answers: ExactAnswers, depth: int) -> float:
    """Return the recall of the worse group; the order is no matter, since candidates are ranked again."""
    owns = [*answers.own, *[-2] * (len(candidates) - len(answers.own))]  # a text has no own id
    recalls = np.array(
        [
            np.isin(exact[exact >= 0], near[near != own][:depth]).mean()
            for exact, near, own in zip(answers.ids, candidates, owns, strict=True)
        ]
    )
    ends = np.cumsum([len(group) for group in answers.groups])
    return float(min(group.mean() for group in np.split(recalls, ends[:-1]) if len(group)))
