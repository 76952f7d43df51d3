"""Groups of stills that show the very same shot: re-encoded, scaled, cropped a little, brightened.

The files come best first. Each joins the nearest better file that heads a group and is confirmed as the same shot, or
heads a group itself. So every picture of a group is near-identical to its best, and no chain of small differences
leads from one shot to another; two of a group may differ more from each other than either does from the best.

Perceptual hashes, compared block by block with those of the heads, name the pairs: 32 bytes a picture, whatever the
model's embeddings are like, and few pairs are left for the embeddings to confirm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.decoding.perceptual_hash import BYTES
from search.duplicates.ranking import Details, details_of
from search.progress import Progress

if TYPE_CHECKING:
    from search.library.library import Library

    Hashes = NDArray[np.uint8]  # (n, BYTES)
    Rows = NDArray[np.int64]

COMPARED_AT_ONCE = 1024  # files
MOST_BITS = 48  # of 255, in which the hashes of one shot may differ (measured by benchmarks/duplicates.py)
MOST_CROPPED = 1.12  # the factor by which the ratios of width to height of one shot may differ
TO_THE_SECOND = len("2021-07-04T12:30:00")  # the local time, without the offset that a converted file may lack


@dataclass(frozen=True, slots=True)
class Match:
    """How a picture compares with the best of its group."""

    image: int
    cosine: float
    bits: int  # of the perceptual hash that differ


def near_groups(
    library: Library, hashes: dict[int, bytes], cosine: float, progress: Progress
) -> dict[int, list[Match]]:
    """Return the matches of each picture that heads a group, by id; `hashes` of stills, by id, are best first."""
    if not hashes:
        return {}
    import faiss

    ids = np.fromiter(hashes, np.int64, len(hashes))
    matrix = np.frombuffer(b"".join(hashes.values()), np.uint8).reshape(-1, BYTES)
    shots = _Shots(library, cosine)
    heads, rows_of_heads = faiss.IndexBinaryFlat(8 * BYTES), np.empty(0, np.int64)
    groups: dict[int, list[Match]] = {}
    for start in range(0, len(ids), COMPARED_AT_ONCE):
        rows = np.arange(start, min(start + COMPARED_AT_ONCE, len(ids)))
        joined: set[int] = set()
        for row, other, bits in _pairs(matrix[rows], rows, (heads, rows_of_heads), (_index_of(matrix[rows]), rows)):
            if row not in joined and other not in joined:
                match = shots.confirm(int(ids[row]), int(ids[other]), bits)
                if match is not None:
                    joined.add(row)
                    groups.setdefault(int(ids[other]), []).append(match)
        leading = rows[~np.isin(rows, list(joined))]
        heads.add(matrix[leading])
        rows_of_heads = np.concatenate([rows_of_heads, leading])
        progress(int(rows[-1]) + 1, len(ids))
    return groups


def _index_of(hashes: Hashes) -> Any:
    """Return an index of a few hashes."""
    import faiss

    index = faiss.IndexBinaryFlat(8 * BYTES)
    index.add(hashes)
    return index


def _pairs(hashes: Hashes, rows: Rows, *indexes: tuple[Any, Rows]) -> Iterator[tuple[int, int, int]]:
    """Yield (row, better row, bits that differ) of similar hashes, by row, the nearest first."""
    parts = []
    for index, indexed_rows in indexes:
        limits, bits, positions = index.range_search(hashes, MOST_BITS + 1)  # the radius is exclusive
        row = np.repeat(rows, np.diff(limits.astype(np.int64)))
        parts.append((row, indexed_rows[positions], bits.astype(np.int64)))
    row, other, bits = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((other, bits, row))
    order = order[other[order] < row[order]]
    yield from zip(row[order].tolist(), other[order].tolist(), bits[order].tolist(), strict=True)


class _Shots:
    """Confirms that two pictures with similar hashes are of the very same shot."""

    def __init__(self, library: Library, cosine: float) -> None:
        self._library = library
        self._cosine = cosine
        self._details: dict[int, Details | None] = {}

    def confirm(self, image: int, other: int, bits: int) -> Match | None:
        """Return how they compare, or None if embedding, shape, time or a missing file speaks against it."""
        if (cosine := self._cosine_of(image, other)) < self._cosine:
            return None
        first, second = self._current(image), self._current(other)
        return Match(image, cosine, bits) if first and second and same_shot(first, second) else None

    def _cosine_of(self, image: int, other: int) -> float:
        index = self._library.index
        try:
            return float(index.vector(image) @ index.vector(other))
        except KeyError:  # not embedded yet, or removed meanwhile
            return -1.0

    def _current(self, image: int) -> Details | None:
        """Return the details of a picture, or None if its file is not what was indexed."""
        if image not in self._details:
            details = details_of(self._library.store, image)
            self._details[image] = details if details is not None and details.is_current() else None
        return self._details[image]


def same_shot(first: Details, second: Details) -> bool:
    """Return whether shape and time allow two pictures to be of one shot: a camera's next picture has another time."""
    if not 1 / MOST_CROPPED <= first.ratio / second.ratio <= MOST_CROPPED:
        return False
    if first.taken_at is None or second.taken_at is None:
        return True
    return first.taken_at[:TO_THE_SECOND] == second.taken_at[:TO_THE_SECOND]
