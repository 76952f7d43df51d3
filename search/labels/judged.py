"""What was judged of a library, before it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, member_of
from indexer.store.labels import add_labels
from search.labels.blocks import label_blocks
from search.labels.judge import Judge
from search.progress import Progress, unwatched

if TYPE_CHECKING:
    from indexer.arrays import Ids
    from indexer.store.store import Store
    from search.library.library import Library

STORED_AT_ONCE = 20_000  # pictures in a transaction


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged, as arrays: a million pictures take some 20 MB."""

    images: Ids  # (pictures,)
    pictures: NDArray[np.intp]  # (labels,), ascending: which of the images
    labels: NDArray[np.int32]
    probabilities: FloatArray

    @classmethod
    def of(
        cls, library: Library, judge: Judge, among: Ids | None, known: Ids, progress: Progress = unwatched
    ) -> Judged:
        """Judge the pictures that are `among` those asked for and not `known`.

        All are judged before any label is stored: a transaction that writes can't begin in the middle of reading
        once another process has written.
        """

        def chosen(ids: Ids) -> NDArray[np.bool_]:
            asked = np.ones(len(ids), dtype=bool) if among is None else member_of(ids, among)
            return asked & ~member_of(ids, known)

        images, rows, labels, given = [], [], [], []
        asked_for = len(library.index) if among is None else len(among)
        count, expected = 0, asked_for - (len(known) if among is None else int(member_of(known, among).sum()))
        for ids, verdicts in label_blocks(library.index, judge.verdicts, len(judge.columns), chosen):
            images.append(ids)
            rows.append(verdicts.pictures + count)
            labels.append(verdicts.labels.astype(np.int32))
            given.append(verdicts.probabilities)
            count += len(ids)
            progress(count, max(count, expected))
        progress(count, count)
        if not images:
            return cls(np.empty(0, np.int64), np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.float32))
        return cls(np.concatenate(images), np.concatenate(rows), np.concatenate(labels), np.concatenate(given))

    def store(self, store: Store, label_set: int, judge: Judge, progress: Progress = unwatched) -> None:
        """Store the labels, some pictures in a transaction."""
        names = judge.names
        for start in range(0, len(self.images), STORED_AT_ONCE):
            end = min(start + STORED_AT_ONCE, len(self.images))
            first, last = np.searchsorted(self.pictures, [start, end])
            add_labels(
                store,
                label_set,
                self.images[start:end].tolist(),
                (
                    (
                        int(self.images[self.pictures[row]]),
                        names[self.labels[row]],
                        float(self.probabilities[row]),
                    )
                    for row in range(first, last)
                ),
            )
            progress(end, len(self.images))

    def counts(self, judge: Judge) -> dict[str, int]:
        """Return how many pictures have each label."""
        names = judge.names
        found = np.bincount(self.labels, minlength=len(names))
        return {name: int(count) for name, count in zip(names, found, strict=True)}
