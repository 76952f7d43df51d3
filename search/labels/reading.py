"""The labels of a library as they are read out: by path, or the least certain first, some pictures at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray
from indexer.store.pictures import paths_of, times_of
from indexer.store.roots import roots
from search.labels.blocks import label_blocks
from search.labels.judge import Judge
from search.results import LabelledPicture

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.filters.passing import Passing
    from search.library.library import Library

READ_AT_ONCE = 1_000  # pictures


@dataclass(frozen=True, slots=True)
class Labelling:
    """What labelling did, and the labels, which are computed as they are read."""

    library: Library
    judge: Judge
    name: str | None  # of the label set; None if the library can't be written to
    fresh: int  # pictures that were labelled now
    known: int  # that had their labels already
    anew: bool  # whether a set of this name was made in another way, so that its labels were dropped
    dropped: int  # pictures that did not pass the filters and so are without a label now
    missing: int  # pictures that the model has not embedded, without a label
    counts: Mapping[str, int]  # label -> pictures that have it; labels that no picture has are there, too
    _passing: Passing

    @property
    def has_videos(self) -> bool:
        """Whether the library has pictures that are moments of videos."""
        row = self.library.store.db.execute("SELECT max(at_ms) FROM images").fetchone()
        return bool(row[0])

    def pictures(self, top: int | None = None) -> Iterator[LabelledPicture]:
        """Yield every picture with its labels and the probabilities of all classes, or of the `top` ones, by path."""
        for ids in _chunks(ids_by_path(self.library.store, self._passing), READ_AT_ONCE):
            yield from self._labelled(ids, top)

    def uncertain(self, count: int, top: int | None = None) -> Iterator[LabelledPicture]:
        """Yield the `count` pictures whose labels are the least certain, by margin, the least first."""
        blocks = label_blocks(self.library.index, self.judge.verdicts, len(self.judge.columns), self._passing.mask)
        pairs = (pair for ids, found in blocks for pair in zip(found.margins.tolist(), ids.tolist(), strict=True))
        for ids in _chunks([image for _, image in heapq.nsmallest(count, pairs)], READ_AT_ONCE):
            yield from self._labelled(ids, top)

    def _labelled(self, images: Sequence[int], top: int | None) -> Iterator[LabelledPicture]:
        """Yield those of the pictures that are embedded, in their order."""
        ids, vectors = self.library.index.vectors(list(images))
        if not len(ids):
            return
        rows = {int(image): row for row, image in enumerate(ids)}
        found = LabelReader(self.judge, self.judge.probabilities(vectors), top)
        paths, times = paths_of(self.library.store, images), times_of(self.library.store, images)
        for image in images:
            if image in rows and image in paths:
                yield found.picture(rows[image], paths[image], times.get(image))


class LabelReader:
    """The results of a block of pictures, from their probabilities (n, columns)."""

    def __init__(self, judge: Judge, found: FloatArray, top: int | None) -> None:
        """Take the probabilities of pictures, of which the `top` best columns are shown, or all."""
        verdicts = judge.decide(found)
        self._columns, self._names, self._found, self._verdicts = judge.columns, judge.names, found, verdicts
        self._starts = np.searchsorted(verdicts.pictures, np.arange(len(found) + 1))
        self._shown = None if top is None else _best_columns(found, top)

    def picture(self, row: int, path: Path, at: float | None = None) -> LabelledPicture:
        """Return the result of a picture by its place in the block."""
        verdicts, some = self._verdicts, slice(self._starts[row], self._starts[row + 1])
        labels = zip(verdicts.labels[some].tolist(), verdicts.probabilities[some].tolist(), strict=True)
        columns = self._columns
        shown = range(len(columns)) if self._shown is None else self._shown[row].tolist()
        return LabelledPicture(
            path,
            {columns[column]: float(self._found[row, column]) for column in shown},
            at,
            tuple((self._names[label], probability) for label, probability in labels),
            float(verdicts.margins[row]),
        )


def ids_by_path(store: Store, passing: Passing) -> list[int]:
    """Return the ids of the pictures that pass, by root and path and a video's time."""
    ids: list[int] = []
    for root in sorted(roots(store), key=lambda one: one.path):
        rows = store.db.execute(
            "SELECT id FROM images WHERE root = ? ORDER BY ifnull(path_bytes, path), at_ms", [root.id]
        )
        ids += [row[0] for row in rows]
    every = np.array(ids, dtype=np.int64)
    return [int(image) for image in every[passing.mask(every)]]


def _best_columns(found: FloatArray, top: int) -> NDArray[np.intp]:
    """Return for each row of probabilities its best columns (n, top), the best first; equal ones in their order."""
    kept = min(top, found.shape[1])
    return np.asarray(np.argsort(-found, axis=1, kind="stable")[:, :kept], dtype=np.intp)


def _chunks(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
