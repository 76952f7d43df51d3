"""Labeling a whole library block by block, so that memory grows neither with it nor with the classes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, Ids, member_of
from indexer.store.labels import add_labels
from search.index.vector_index import VectorIndex
from search.labels.judge import Judge
from search.progress import Progress, unwatched

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.filters.passing import Passing
    from search.library.library import Library

Result = TypeVar("Result")

STORED_AT_ONCE = 20_000  # pictures in a transaction
BLOCKS_AHEAD = 2  # that wait while the next one is read
MOST_ROWS, FEWEST_ROWS = 16384, 256  # pictures in a block
CELLS = 16_000_000  # probabilities in a block, 64 MB


def map_blocks(
    index: VectorIndex,
    function: Callable[[FloatArray], Result],
    classes: int,
    chosen: Callable[[Ids], NDArray[np.bool_]] | None = None,
) -> Iterator[tuple[Ids, Result]]:
    """Yield (ids (n,), function(embeddings (n, dim))) for all pictures, or the `chosen` ones, a block at a time.

    `classes`, the number of columns that the function makes, bounds the rows of a block. A thread computes one block
    while the next is read; a block without a chosen picture is left out.
    """

    def compute(ids: Ids, vectors: FloatArray) -> tuple[Ids, Result]:
        return ids, function(vectors)

    waiting: deque[Future[tuple[Ids, Result]]] = deque()
    with ThreadPoolExecutor(1, "labels") as thread:
        for ids, vectors in index.blocks(rows_for(classes)):
            if chosen is not None:
                among = chosen(ids)
                ids, vectors = ids[among], vectors[among]
            if len(ids):
                waiting.append(thread.submit(compute, ids, vectors))
            if len(waiting) > BLOCKS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def rows_for(classes: int) -> int:
    """Return how many pictures make a block."""
    return max(FEWEST_ROWS, min(MOST_ROWS, CELLS // max(classes, 1)))


@dataclass(frozen=True, slots=True)
class NewLabels:
    """The labels of all pictures that one run judged, as arrays: a million pictures take some 20 MB."""

    images: Ids  # (pictures,)
    rows: NDArray[np.intp]  # (labels,), ascending: which of the images
    labels: NDArray[np.int32]  # which of the judge's `names`
    probabilities: FloatArray

    @classmethod
    def of(
        cls, library: Library, judge: Judge, passing: Passing, known: Ids, progress: Progress = unwatched
    ) -> NewLabels:
        """Judge the pictures that pass and are not `known`.

        All are judged before any label is stored: SQLite can't turn a transaction that reads into one that writes
        once another process has written.
        """

        def chosen(ids: Ids) -> NDArray[np.bool_]:
            return passing.mask(ids) & ~member_of(ids, known)

        images, rows, labels, probabilities = [], [], [], []
        passing_count = len(library.index) if passing.count is None else passing.count
        count, expected = 0, passing_count - int(passing.mask(known).sum())
        for ids, verdicts in map_blocks(library.index, judge.verdicts, len(judge.columns), chosen):
            images.append(ids)
            rows.append(verdicts.rows + count)
            labels.append(verdicts.labels.astype(np.int32))
            probabilities.append(verdicts.probabilities)
            count += len(ids)
            progress(count, max(count, expected))
        progress(count, count)
        if not images:
            return cls(np.empty(0, np.int64), np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.float32))
        return cls(np.concatenate(images), np.concatenate(rows), np.concatenate(labels), np.concatenate(probabilities))

    def store(self, store: Store, label_set: int, judge: Judge, progress: Progress = unwatched) -> None:
        """Store the labels, some pictures in a transaction."""
        names = judge.names
        for start in range(0, len(self.images), STORED_AT_ONCE):
            end = min(start + STORED_AT_ONCE, len(self.images))
            first, last = np.searchsorted(self.rows, [start, end])
            labels = (
                (int(self.images[self.rows[label]]), names[self.labels[label]], float(self.probabilities[label]))
                for label in range(first, last)
            )
            add_labels(store, label_set, self.images[start:end].tolist(), labels)
            progress(end, len(self.images))

    def counts(self, judge: Judge) -> dict[str, int]:
        """Return how many pictures have each label."""
        counts = np.bincount(self.labels, minlength=len(judge.names))
        return dict(zip(judge.names, counts.tolist(), strict=True))
