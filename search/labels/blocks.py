"""Judging a whole library block by block, so that memory grows neither with it nor with the classes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, Ids
from search.index.vector_index import VectorIndex

Result = TypeVar("Result")

AHEAD = 2  # blocks that wait while the next one is read
MOST_ROWS, FEWEST_ROWS = 16384, 256  # pictures in a block
CELLS = 16_000_000  # probabilities in a block, 64 MB


def label_blocks(
    index: VectorIndex,
    judge: Callable[[FloatArray], Result],
    classes: int,
    chosen: Callable[[Ids], NDArray[np.bool_]] | None = None,
) -> Iterator[tuple[Ids, Result]]:
    """Yield (ids (n,), what the judge says of their embeddings (n, dim)) of all pictures, or of those `chosen`.

    `classes` is how many there are to judge, which bounds the rows. The next block is read while the one before is
    multiplied; a block without a chosen picture is left out.
    """

    def compute(ids: Ids, vectors: FloatArray) -> tuple[Ids, Result]:
        return ids, judge(vectors)

    waiting: deque[Future[tuple[Ids, Result]]] = deque()
    with ThreadPoolExecutor(1, "labels") as thread:
        for ids, vectors in index.blocks(rows_for(classes)):
            if chosen is not None:
                among = chosen(ids)
                ids, vectors = ids[among], vectors[among]
            if len(ids):
                waiting.append(thread.submit(compute, ids, vectors))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def rows_for(classes: int) -> int:
    """Return how many pictures make a block."""
    return max(FEWEST_ROWS, min(MOST_ROWS, CELLS // max(classes, 1)))
