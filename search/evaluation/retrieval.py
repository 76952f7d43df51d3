"""Measure retrieval: the rank of the right picture for each caption, and of the right caption for each picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray
from search.evaluation.metrics import Floats, Ints
from search.evaluation.pictures import embed_pictures
from search.evaluation.truth import Captions

if TYPE_CHECKING:
    from indexer.indexing.listener import Listener
    from search.library.library import Library

DEPTHS = (1, 5, 10)
SCORES_AT_ONCE = 1 << 24


@dataclass(frozen=True, slots=True)
class RankMetrics:
    """How well queries of one kind find what they ask for."""

    queries: int
    candidates: int
    recall: dict[int, float]  # k -> part of the queries with a right answer among the k best
    median_rank: float  # 1 is the best

    @classmethod
    def of(cls, ranks: Floats, candidates: int) -> RankMetrics:
        """Return the metrics of the ranks (n,) of the best right answers."""
        recall = {k: float((ranks <= k).mean()) for k in DEPTHS}
        return cls(len(ranks), candidates, recall, float(np.median(ranks)))


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How well one model finds pictures by their captions, and captions by their pictures."""

    model: str
    pictures: RankMetrics  # asked with captions
    captions: RankMetrics  # asked with pictures


def evaluate_retrieval(library: Library, captions: Captions, listener: Listener) -> tuple[Retrieval, Captions]:
    """Return how well the library's model pairs pictures and captions, and the captions whose pictures could be read.

    Captions are embedded as they are. Raises as `embed_pictures` does.
    """
    vectors, read = embed_pictures(library, captions.paths, listener)
    kept, vectors = captions.only(read), vectors[read]
    texts = library.embed(kept.texts, exact=True)
    by_caption = RankMetrics.of(caption_ranks(texts, vectors, kept.picture_of), len(vectors))
    by_picture = RankMetrics.of(picture_ranks(texts, vectors, kept.picture_of), len(texts))
    return Retrieval(library.model.name, by_caption, by_picture), kept


def caption_ranks(captions: FloatArray, pictures: FloatArray, picture_of: Ints) -> Floats:
    """Return the rank (n,), from 1, of each caption's picture among all pictures.

    `captions` (n, dim) and `pictures` (m, dim) have unit rows; `picture_of` (n,) is the row of a caption's picture.
    Equal scores count half, so that a model that gives everything the same score gets the middle rank.
    """
    parts = [
        _ranks(captions[rows] @ pictures.T, np.arange(len(pictures)) == picture_of[rows, np.newaxis])
        for rows in _blocks(len(captions), len(pictures))
    ]
    return np.concatenate(parts)


def picture_ranks(captions: FloatArray, pictures: FloatArray, picture_of: Ints) -> Floats:
    """Return the rank (m,) of the best of each picture's captions among all captions; otherwise as above."""
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
    """Yield row numbers, at most so many at once that their scores are SCORES_AT_ONCE."""
    step = max(1, SCORES_AT_ONCE // columns)
    for start in range(0, rows, step):
        yield np.arange(start, min(start + step, rows))
