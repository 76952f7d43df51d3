"""The labels of a data set's pictures, judged block by block as the table is read, so that memory stays flat."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indexer.data_sets.columns import EMBEDDING, ID
from indexer.data_sets.texts import from_column
from indexer.files.formats import VIDEO_FORMATS
from search.data_set_answers.found import vectors_of
from search.filters.filters import NO_FILTERS
from search.labels.blocks import BLOCKS_AHEAD, rows_for
from search.labels.labelling import sorted_counts
from search.labels.reading import BlockReader
from search.progress import Progress, unwatched

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from indexer.arrays import FloatArray
    from search.data_sets.opened import OpenDataSet
    from search.filters.filters import Filters
    from search.labels.judge import Judge
    from search.labels.probabilities import Verdicts

NAMED = (ID, "address", "at_ms", "format")  # what is told of a labelled picture besides its labels


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A picture of a data set with its labels; what a local library's has too means the same (LabelledPicture)."""

    address: str
    id: str
    probabilities: Mapping[str, float]
    at: float | None = None
    labels: tuple[tuple[str, float], ...] = ()
    margin: float = 0.0

    @property
    def path(self) -> str:
        """The address, under the name that a local picture's place has."""
        return self.address

    @property
    def said_by(self) -> str | None:
        """Nobody: a data set keeps no corrections."""
        return None

    @property
    def best(self) -> str:
        """The most probable label."""
        return self.labels[0][0]

    @property
    def probability(self) -> float:
        """The probability of the most probable label."""
        return self.labels[0][1]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that were judged together."""

    rows: pa.RecordBatch  # NAMED
    chances: FloatArray  # (n, columns of the judge)
    verdicts: Verdicts

    @property
    def times(self) -> list[float | None]:
        """The second of each moment in a video, None of stills."""
        pairs = zip(self.rows["at_ms"].to_pylist(), self.rows["format"].to_pylist(), strict=True)
        return [(at or 0) / 1000 if at is not None or form in VIDEO_FORMATS else None for at, form in pairs]


class DataSetLabels:
    """The labels of the pictures that pass, computed each time that they are read; `counts` are of the last time."""

    def __init__(
        self, opened: OpenDataSet, judge: Judge, filters: Filters = NO_FILTERS, progress: Progress = unwatched
    ) -> None:
        """Take what judges; `progress` is told how many pictures are judged, and of how many."""
        self._opened, self.judge, self._filters, self._progress = opened, judge, filters, progress
        self._found = np.zeros(len(judge.names), dtype=np.int64)
        self._least: dict[tuple[int, int | None], list[LabelledRow]] = {}
        self.total = 0

    @property
    def counts(self) -> Mapping[str, int]:
        """How many pictures have each label, the most frequent first."""
        return sorted_counts(self.judge, dict(zip(self.judge.names, self._found.tolist(), strict=True)))

    @property
    def has_videos(self) -> bool:
        """Whether the data set has pictures that are moments of videos."""
        return any(len(batch) for batch in self._opened.pictures.table.scan([ID], "at_ms IS NOT NULL", 1))

    def pictures(self, top: int | None = None) -> Iterator[LabelledRow]:
        """Yield every picture, as they are stored, with the probabilities of all classes or of the `top` ones."""
        for block in self.blocks():
            yield from self._read(block, range(len(block.rows)), top)

    def uncertain(self, count: int, top: int | None = None) -> Iterator[LabelledRow]:
        """Yield the `count` pictures with the least certain labels, by margin, the least first.

        They are kept, and all that was counted meanwhile: another look at them reads nothing again.
        """
        if (count, top) not in self._least:
            kept: list[tuple[float, str, LabelledRow]] = []
            for block in self.blocks():
                rows = _lowest(block.verdicts.margins, count)
                margins = block.verdicts.margins[rows].tolist()
                new = self._read(block, rows.tolist(), top)
                found = ((margin, row.id, row) for margin, row in zip(margins, new, strict=True))
                kept = heapq.nsmallest(count, [*kept, *found])
            self._least[count, top] = [row for _, _, row in kept]
        yield from self._least[count, top]

    def blocks(self) -> Iterator[Block]:
        """Yield all that pass, a block at a time; a thread judges one while the next is read."""
        self._found[:], self.total = 0, 0
        expected = self._opened.pictures.count(self._filters)
        self._progress(0, expected)
        for block in self._judged():
            self._found += np.bincount(block.verdicts.labels, minlength=len(self._found))
            self.total += len(block.rows)
            self._progress(self.total, max(self.total, expected))
            yield block

    def _judged(self) -> Iterator[Block]:
        waiting: deque[Future[Block]] = deque()
        size = rows_for(len(self.judge.columns))
        with ThreadPoolExecutor(1, "labels") as thread:
            for batch in self._opened.pictures.scan((*NAMED, EMBEDDING), self._filters, size):
                if len(batch):
                    waiting.append(thread.submit(self._judge, batch))
                if len(waiting) > BLOCKS_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _judge(self, batch: pa.RecordBatch) -> Block:
        chances = self.judge.probabilities(vectors_of(batch))
        return Block(batch.select(list(NAMED)), chances, self.judge.decide(chances))

    def _read(self, block: Block, rows: Sequence[int], top: int | None) -> Iterator[LabelledRow]:
        reader = BlockReader(self.judge, block.chances, top)
        names, ids, times = block.rows["address"].to_pylist(), block.rows[ID].to_pylist(), block.times
        for row in rows:
            probabilities, labels, margin = reader.parts(row)
            yield LabelledRow(from_column(names[row]), ids[row], probabilities, times[row], labels, margin)


def _lowest(margins: FloatArray, count: int) -> NDArray[np.intp]:
    """Return the rows of the lowest margins, as many as `count`, in no order."""
    if len(margins) <= count:
        return np.arange(len(margins))
    return np.asarray(np.argpartition(margins, count - 1)[:count], dtype=np.intp)
