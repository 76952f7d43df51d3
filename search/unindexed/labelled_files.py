"""The labels of files that are in no library, read out as a library's: in order, or the least certain first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, unit_rows
from search.labels.blocks import rows_for
from search.labels.judge import Judge
from search.labels.labelling import sorted_counts
from search.labels.reading import BlockReader

if TYPE_CHECKING:
    from indexer.indexing.unstored import EncodedMoments
    from search.results import LabelledPicture


@dataclass(frozen=True)
class LabelledFiles:
    """Pictures with their embeddings; what they are labelled is computed as it is read."""

    judge: Judge
    names: Sequence[tuple[Path, float | None]]  # of each picture: its file, and of a video its second
    vectors: NDArray[np.float16]  # (pictures, dim), in as many bits as a library keeps

    @classmethod
    def of(cls, judge: Judge, files: Sequence[tuple[Path, EncodedMoments]], dim: int) -> LabelledFiles:
        """Take files, each with its moments, and the length of the embeddings."""
        names = [
            (path, moment.at_ms / 1000 if encoded.is_video else None)
            for path, encoded in files
            for moment in encoded.moments
        ]
        vectors = np.empty((len(names), dim), dtype=np.float16)
        rows = (moment.vector for _, encoded in files for moment in encoded.moments)
        for number, vector in enumerate(rows):
            vectors[number] = vector
        return cls(judge, names, vectors)

    @property
    def total(self) -> int:
        """How many pictures have labels."""
        return len(self.names)

    @property
    def has_videos(self) -> bool:
        """Whether there are moments of videos among them."""
        return any(at is not None for _, at in self.names)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many pictures have each label, the most frequent first."""
        counts = np.zeros(len(self.judge.names), dtype=np.int64)
        for _, block in self._blocks():
            counts += np.bincount(self.judge.verdicts(block).labels, minlength=len(counts))
        return sorted_counts(self.judge, dict(zip(self.judge.names, counts.tolist(), strict=True)))

    def pictures(self, top: int | None = None) -> Iterator[LabelledPicture]:
        """Yield every picture with its labels and the probabilities of all classes, or of the `top` ones, in order."""
        for start, block in self._blocks():
            yield from self._read(range(start, start + len(block)), block, top)

    def uncertain(self, count: int, top: int | None = None) -> Iterator[LabelledPicture]:
        """Yield the `count` pictures with the least certain labels, by margin, the least first."""
        margins = (
            (margin, start + row)
            for start, block in self._blocks()
            for row, margin in enumerate(self.judge.verdicts(block).margins.tolist())
        )
        chosen = [row for _, row in heapq.nsmallest(count, margins)]
        yield from self._read(chosen, unit_rows(self.vectors[chosen].astype(np.float32)), top)

    def _blocks(self) -> Iterator[tuple[int, FloatArray]]:
        """Yield the embeddings some at a time, each block with the row that it begins at."""
        size = rows_for(len(self.judge.columns))
        for start in range(0, len(self.names), size):
            yield start, unit_rows(self.vectors[start : start + size].astype(np.float32))

    def _read(self, rows: Sequence[int], vectors: FloatArray, top: int | None) -> Iterator[LabelledPicture]:
        if not len(rows):
            return
        reader = BlockReader(self.judge, self.judge.probabilities(vectors), top)
        for position, row in enumerate(rows):
            yield reader.picture(position, *self.names[row])
