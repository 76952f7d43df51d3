"""How the model judges the pictures of a label set, remembered: so that a correction need not wait for all of it.

Pictures that are examples of their class are judged as if they were none; else a model would be praised for what it
was told.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, Ids, member_of
from search.index.files import current_state
from search.labels.blocks import map_blocks, rows_for
from search.labels.judge import Judge
from search.labels.recipe import recipe_again

if TYPE_CHECKING:
    from indexer.store.labels import LabelSet
    from search.labels.recipe import Recipe
    from search.library.library import Library

State = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the model makes of some pictures."""

    images: Ids  # (n,), ascending
    chances: FloatArray  # (n, columns), as Judge.probabilities has them
    given: NDArray[np.bool_]  # (n, labels): which labels each picture gets
    sure: FloatArray  # (n,), the probability of the best of these


class JudgedSet:
    """A label set and how its pictures are judged; several threads may ask it, each with its own library."""

    def __init__(self, library: Library, label_set: LabelSet, recipe: Recipe | None = None) -> None:
        """Take a set of the library, or another recipe for it.

        Raises InvalidRequest if how it was made is not known, EncoderFailed if the model fails.
        """
        self.label_set = label_set
        self.judge = Judge(library, recipe_again(label_set) if recipe is None else recipe, label_set.temperature)
        self._apart = self.judge.apart()
        self._images: Ids = np.empty(0, np.int64)
        self._chances: FloatArray = np.empty((0, len(self.judge.columns)), np.float32)
        self._margins: tuple[Ids, FloatArray] | None = None
        self._ranks: FloatArray | None = None
        self._lock = threading.Lock()
        self._judging_all = threading.Lock()  # so that a correction need not wait for that

    @property
    def names(self) -> tuple[str, ...]:
        """The labels: the classes, and last "other"."""
        return self.judge.names

    def of(self, library: Library, images: Ids) -> Judged:
        """Return what the model makes of those of the pictures that are embedded."""
        with self._lock:
            missing = images[~member_of(images, self._images)]
            if len(missing):
                self._judge(library, missing)
            rows = member_of(self._images, images)
            return self.decided(self._images[rows], self._chances[rows])

    def decided(self, images: Ids, chances: FloatArray) -> Judged:
        """Return what probabilities (n, columns) mean."""
        verdicts = self.judge.decide(chances)
        given = np.zeros((len(images), len(self.names)), dtype=bool)
        given[verdicts.rows, verdicts.labels] = True
        sure = np.zeros(len(images), dtype=np.float32)
        np.maximum.at(sure, verdicts.rows, verdicts.probabilities)
        return Judged(images, chances, given, sure)

    def ranks(self, library: Library) -> tuple[Ids, FloatArray]:
        """Return the ids (n,), ascending, and how certain each is among all, from 0 to 1."""
        ids, margins = self.margins(library)
        with self._judging_all:
            if self._ranks is None:
                self._ranks = np.empty(len(ids), dtype=np.float32)
                self._ranks[np.argsort(margins, kind="stable")] = (np.arange(len(ids)) + 0.5) / max(len(ids), 1)
            return ids, self._ranks

    @property
    def has_margins(self) -> bool:
        """Whether the margins of all pictures are known already."""
        return self._margins is not None

    def margins(self, library: Library) -> tuple[Ids, FloatArray]:
        """Return the ids (n,), ascending, and margins (n,) of all embedded pictures; the first time takes a while."""
        with self._judging_all:
            if self._margins is None:
                blocks = list(map_blocks(library.index, self._margins_of, len(self.judge.columns)))
                ids = np.concatenate([np.empty(0, np.int64), *(found for found, _ in blocks)])
                margins = np.concatenate([np.empty(0, np.float32), *(found for _, found in blocks)])
                order = np.argsort(ids, kind="stable")
                self._margins = ids[order], margins[order]
            return self._margins

    def _margins_of(self, pictures: FloatArray) -> FloatArray:
        return self.judge.verdicts(pictures).margins

    def _judge(self, library: Library, images: Ids) -> None:
        """Judge pictures, a block at a time, and remember what came of it."""
        rows = rows_for(len(self.judge.columns))
        for start in range(0, len(images), rows):
            ids, vectors = library.index.vectors(images[start : start + rows])
            together = np.concatenate([self._images, ids])
            chances = np.concatenate([self._chances, self._apart.probabilities(vectors)])
            order = np.argsort(together, kind="stable")
            self._images, self._chances = together[order], chances[order]


def state_of(library: Library, label_set: LabelSet) -> State:
    """Return what differs once a set must be judged anew."""
    return (label_set.id, label_set.recipe, label_set.temperature, *current_state(library.store, library.model))
