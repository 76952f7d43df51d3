"""Metrics of retrieval: at which rank the right picture comes for a caption, and the right caption for a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray
from search.evaluation.metrics import Floats, Ints

DEPTHS = (1, 5, 10)
SCORES = 1 << 24  # held at once


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How well one side finds the other."""

    queries: int
    candidates: int
    recall: dict[int, float]  # k -> part of the queries of which a right answer is among the k best
    median_rank: float  # 1 is the best

    @classmethod
    def of(cls, ranks: Floats, candidates: int) -> Retrieval:
        """Sum up the ranks (n,) of the best right answers."""
        recall = {k: float((ranks <= k).mean()) for k in DEPTHS}
        return cls(len(ranks), candidates, recall, float(np.median(ranks)))


def caption_ranks(captions: FloatArray, pictures: FloatArray, picture_of: Ints) -> Floats:
    """Return for each caption the rank (n,) of its picture among all, from 1.

    `captions` (n, dim) and `pictures` (m, dim) have unit rows; `picture_of` (n,) is the row of a caption's picture.
    Equal scores count half, so that a model that answers everything alike gets the middle.
    """
    parts = [
        _ranks(captions[rows] @ pictures.T, np.arange(len(pictures)) == picture_of[rows, np.newaxis])
        for rows in _blocks(len(captions), len(pictures))
    ]
    return np.concatenate(parts)


def picture_ranks(captions: FloatArray, pictures: FloatArray, picture_of: Ints) -> Floats:
    """Return for each picture the rank (m,) of the best of its captions among all captions; else as above."""
    blocks = _blocks(len(pictures), len(captions))
    parts = [_ranks(pictures[rows] @ captions.T, picture_of == rows[:, np.newaxis]) for rows in blocks]
    return np.concatenate(parts)


def _ranks(scores: FloatArray, right: NDArray[np.bool_]) -> Floats:
    """Return the rank of the best right answer in each row among the wrong ones."""
    best = np.where(right, scores, -np.inf).max(axis=1, keepdims=True)
    better = ((scores > best) & ~right).sum(axis=1)
    equal = ((scores == best) & ~right).sum(axis=1)
    return np.asarray(1 + better + equal / 2, dtype=np.float64)


def _blocks(rows: int, columns: int) -> Iterator[Ints]:
    """Yield row numbers, so many at once as bound the scores that are held."""
    step = max(1, SCORES // columns)
    for start in range(0, rows, step):
        yield np.arange(start, min(start + step, rows))
