"""What labelling would give, without storing anything: counts, the best examples of each label, the least certain.

One pass over the embeddings, of which a few pictures of each label are kept, so that memory does not grow with the
library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, Ids
from indexer.store.embeddings import count_without_embedding
from indexer.store.pictures import paths_of, times_of
from search.labels.blocks import map_blocks
from search.labels.labelling import sorted_counts
from search.labels.probabilities import Verdicts
from search.labels.reading import BlockReader
from search.progress import Progress, unwatched
from search.results import LabelledPicture

if TYPE_CHECKING:
    from search.filters.passing import Passing
    from search.labels.judge import Judge
    from search.library.library import Library


@dataclass(frozen=True, slots=True)
class Preview:
    """What labelling pictures would give."""

    total: int  # pictures that were judged
    missing: int  # pictures of the library that the model has not embedded yet
    counts: Mapping[str, int]  # label -> pictures that would have it, the most frequent first
    examples: Mapping[str, Sequence[tuple[int, float]]]  # label -> (image, probability), the most probable first
    uncertain: Sequence[tuple[int, LabelledPicture]]  # image, and how it would be labelled; the least certain first


def preview(
    library: Library,
    judge: Judge,
    passing: Passing,
    *,
    examples: int,
    uncertain: int,
    likeliest: int = 3,
    progress: Progress = unwatched,
) -> Preview:
    """Return how the pictures that pass would be labelled by the model alone; nothing is stored.

    At most so many `examples` of each label and `uncertain` pictures are named. What `progress` raises ends it.
    """
    firsts = _Firsts(len(judge.names), examples, uncertain)
    expected = len(library.index) if passing.count is None else passing.count
    for ids, verdicts in map_blocks(library.index, judge.verdicts, len(judge.columns), passing.mask):
        firsts.add(ids, verdicts)
        progress(firsts.total, max(firsts.total, expected))
    counts = sorted_counts(judge, dict(zip(judge.names, firsts.counts.tolist(), strict=True)))
    shown = {name: firsts.examples_of(label) for label, name in enumerate(judge.names)}
    return Preview(
        firsts.total,
        count_without_embedding(library.store, library.model),
        counts,
        {name: shown.get(name, []) for name in counts},
        _judged(library, judge, firsts.uncertain.images.tolist(), likeliest),
    )


@dataclass(slots=True)
class _Best:
    """The pictures with the lowest keys of all that were seen; of equal ones those with the lowest ids."""

    most: int
    images: Ids = field(default_factory=lambda: np.empty(0, np.int64))
    keys: FloatArray = field(default_factory=lambda: np.empty(0, np.float32))

    def add(self, images: Ids, keys: FloatArray) -> None:
        """Take more pictures (n,) with their keys (n,)."""
        images, keys = np.concatenate([self.images, images]), np.concatenate([self.keys, keys])
        kept = np.lexsort((images, keys))[: self.most]
        self.images, self.keys = images[kept], keys[kept]


class _Firsts:
    """What is kept of the blocks."""

    def __init__(self, labels: int, examples: int, uncertain: int) -> None:
        self.total = 0
        self.counts: NDArray[np.int64] = np.zeros(labels, dtype=np.int64)
        self.uncertain = _Best(uncertain)
        self._examples = [_Best(examples) for _ in range(labels)]

    def add(self, ids: Ids, verdicts: Verdicts) -> None:
        """Take the verdicts on a block of pictures."""
        self.total += len(ids)
        self.counts += np.bincount(verdicts.labels, minlength=len(self.counts))
        self.uncertain.add(ids, verdicts.margins)
        for label in np.unique(verdicts.labels).tolist():
            having = verdicts.labels == label
            self._examples[label].add(ids[verdicts.rows[having]], -verdicts.probabilities[having])

    def examples_of(self, label: int) -> list[tuple[int, float]]:
        """Return the most probable pictures of a label."""
        best = self._examples[label]
        return list(zip(best.images.tolist(), (-best.keys).tolist(), strict=True))


def _judged(library: Library, judge: Judge, images: Sequence[int], likeliest: int) -> list[tuple[int, LabelledPicture]]:
    """Return how pictures would be labelled, in their order; of the classes so many, the likeliest."""
    ids, vectors = library.index.vectors(list(images))
    if not len(ids):
        return []
    rows = {int(image): row for row, image in enumerate(ids)}
    reader = BlockReader(judge, judge.probabilities(vectors), likeliest)
    paths, times = paths_of(library.store, images), times_of(library.store, images)
    there = [image for image in images if image in rows and image in paths]
    return [(image, reader.picture(rows[image], paths[image], times.get(image))) for image in there]
