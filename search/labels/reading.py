"""Read the labels of a library out: by path, or the least certain first, some pictures at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, Ids, member_of
from indexer.store.pictures import paths_of, times_of
from indexer.store.roots import roots
from search.labels.blocks import map_blocks
from search.labels.judge import Judge
from search.results import LabelledPicture

if TYPE_CHECKING:
    from indexer.store.facts import Fact
    from indexer.store.store import Store
    from search.filters.passing import Passing
    from search.library.library import Library
    from search.results import AnyLabelled

READ_AT_ONCE = 1_000  # pictures


class Labelled(Protocol):
    """Pictures with their labels, of a library or of files."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many pictures have each label, the most frequent first."""

    @property
    def total(self) -> int:
        """How many pictures have labels."""

    @property
    def has_videos(self) -> bool:
        """Whether there may be moments of videos among them."""

    def pictures(self, top: int | None = None) -> Iterator[AnyLabelled]:
        """Yield every picture with its labels and the probabilities of all classes, or of the `top` ones, by path."""

    def uncertain(self, count: int, top: int | None = None) -> Iterator[AnyLabelled]:
        """Yield the `count` pictures with the least certain labels, by margin, the least first."""


@dataclass(frozen=True, slots=True)
class LabelRun:
    """What one run of labeling did, and the labels, which are computed as they are read."""

    library: Library
    judge: Judge
    name: str | None  # of the label set; None if the library can't be written to
    fresh: int  # pictures labelled in this run
    known: int  # pictures that had their labels already
    anew: bool  # whether the set's old labels were dropped, because another recipe or model had made them
    dropped: int  # pictures without a label now: their old ones were dropped, and they did not pass the filters
    missing: int  # pictures without a label because the model has not embedded them
    counts: Mapping[str, int]  # label -> pictures that have it; also labels that no picture has
    _passing: Passing
    draft: bool = False  # whether the set is a draft
    forgotten: tuple[str, ...] = ()  # the drafts that were forgotten, as there are newer ones
    facts: Mapping[int, Fact] = field(default_factory=dict)  # what a person said, by picture

    @property
    def said(self) -> int:
        """Of how many pictures that pass a person said what they are."""
        return int(self._passing.mask(np.array(list(self.facts), dtype=np.int64)).sum())

    @property
    def total(self) -> int:
        """How many pictures have labels, of those that pass."""
        return self.fresh + self.known

    @property
    def has_videos(self) -> bool:
        """Whether the library has pictures that are moments of videos."""
        row = self.library.store.db.execute("SELECT max(at_ms) FROM images").fetchone()
        return bool(row[0])

    def pictures(self, top: int | None = None) -> Iterator[LabelledPicture]:
        """Yield every picture with its labels and the probabilities of all classes, or of the `top` ones, by path."""
        yield from self._labelled(ids_by_path(self.library.store, self._passing), top)

    def uncertain(self, count: int, top: int | None = None) -> Iterator[LabelledPicture]:
        """Yield the `count` pictures with the least certain labels, by margin, the least first.

        What a person said is certain.
        """
        said = np.array(sorted(self.facts), dtype=np.int64)

        def chosen(ids: Ids) -> NDArray[np.bool_]:
            return self._passing.mask(ids) & ~member_of(ids, said)

        blocks = map_blocks(self.library.index, self.judge.verdicts, len(self.judge.columns), chosen)
        pairs = (pair for ids, verdicts in blocks for pair in zip(verdicts.margins.tolist(), ids.tolist(), strict=True))
        yield from self._labelled([image for _, image in heapq.nsmallest(count, pairs)], top)

    def _labelled(self, images: Sequence[int], top: int | None) -> Iterator[LabelledPicture]:
        """Yield those of the pictures that are embedded, in their order."""
        for start in range(0, len(images), READ_AT_ONCE):
            yield from self._block(images[start : start + READ_AT_ONCE], top)

    def _block(self, images: Sequence[int], top: int | None) -> Iterator[LabelledPicture]:
        ids, vectors = self.library.index.vectors(list(images))
        if not len(ids):
            return
        rows = {int(image): row for row, image in enumerate(ids)}
        reader = BlockReader(self.judge, self.judge.probabilities(vectors), top)
        paths, times = paths_of(self.library.store, images), times_of(self.library.store, images)
        for image in images:
            if image in rows and image in paths:
                picture = reader.picture(rows[image], paths[image], times.get(image))
                yield as_said(picture, self.facts[image]) if image in self.facts else picture


class BlockReader:
    """Makes the results of a block of pictures from their probabilities (n, columns)."""

    def __init__(self, judge: Judge, chances: FloatArray, top: int | None) -> None:
        """Take the probabilities, of which the `top` best columns are shown, or all."""
        self._columns, self._names, self._chances = judge.columns, judge.names, chances
        self._verdicts = judge.decide(chances)
        self._starts = np.searchsorted(self._verdicts.rows, np.arange(len(chances) + 1))
        self._shown = None if top is None else _best_columns(chances, top)

    def picture(self, row: int, path: Path, at: float | None = None) -> LabelledPicture:
        """Return the result of the picture in a row of the block."""
        probabilities, labels, margin = self.parts(row)
        return LabelledPicture(path, probabilities, at, labels, margin)

    def parts(self, row: int) -> tuple[dict[str, float], tuple[tuple[str, float], ...], float]:
        """Return the probabilities, the labels and the margin of the picture in a row of the block."""
        verdicts, own = self._verdicts, slice(self._starts[row], self._starts[row + 1])
        labels = zip(verdicts.labels[own].tolist(), verdicts.probabilities[own].tolist(), strict=True)
        shown = range(len(self._columns)) if self._shown is None else self._shown[row].tolist()
        return (
            {self._columns[column]: float(self._chances[row, column]) for column in shown},
            tuple((self._names[label], probability) for label, probability in labels),
            float(verdicts.margins[row]),
        )


def as_said(picture: LabelledPicture, fact: Fact) -> LabelledPicture:
    """Return a picture with the labels that a person gave it, which are certain, beside what the model found."""
    labels = tuple((name, 1.0) for name in fact.labels)
    return replace(picture, labels=labels, margin=1.0, said_by=fact.said_by)


def ids_by_path(store: Store, passing: Passing) -> list[int]:
    """Return the ids of the pictures that pass, by root and path and a video's time."""
    ids: list[int] = []
    for root in sorted(roots(store), key=lambda root: root.path):
        rows = store.db.execute(
            "SELECT id FROM images WHERE root = ? ORDER BY ifnull(path_bytes, path), at_ms", [root.id]
        )
        ids += [row[0] for row in rows]
    every = np.array(ids, dtype=np.int64)
    return [int(image) for image in every[passing.mask(every)]]


def _best_columns(chances: FloatArray, top: int) -> NDArray[np.intp]:
    """Return for each row of probabilities its best columns (n, top), the best first; equal ones in their order."""
    kept = min(top, chances.shape[1])
    return np.asarray(np.argsort(-chances, axis=1, kind="stable")[:, :kept], dtype=np.intp)
