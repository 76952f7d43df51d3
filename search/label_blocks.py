"""Probabilities of classes for a whole library, block by block, so that memory does not grow with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from indexer.encoder import FloatArray
from search.compressed_index import Ids
from search.vector_index import VectorIndex

if TYPE_CHECKING:
    from concurrent.futures import Future

AHEAD = 2  # blocks that wait while the next one is read


def label_blocks(
    index: VectorIndex,
    texts: FloatArray,
    to_probabilities: Callable[[FloatArray], FloatArray],
    among: Ids | None = None,
) -> Iterator[tuple[Ids, FloatArray]]:
    """Yield (ids (n,), probabilities (n, classes)) of all pictures, or of those among `among`, in blocks.

    `texts` are the classes' embeddings (classes, dim). The next block is read while the one before is multiplied.
    """

    from concurrent.futures import ThreadPoolExecutor

    def compute(ids: Ids, vectors: FloatArray) -> tuple[Ids, FloatArray]:
        if among is not None:
            chosen = np.isin(ids, among)
            ids, vectors = ids[chosen], vectors[chosen]
        return ids, to_probabilities(vectors @ texts.T)

    waiting: deque[Future[tuple[Ids, FloatArray]]] = deque()
    with ThreadPoolExecutor(1, "labels") as thread:
        for ids, vectors in index.blocks():
            waiting.append(thread.submit(compute, ids, vectors))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
