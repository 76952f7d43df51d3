"""Groups of stills that show the very same shot: re-encoded, scaled, cropped a little, brightened.

The files come best first. Each joins the nearest of the better files that head a group and confirm it, or heads a
group itself. So all of a group are near-identical to its best, and no chain of small differences leads from
one shot to another; two of a group may each differ from the best by what is allowed, and thus more from one another.

Which pairs are looked at is told by the perceptual hashes, block by block against those that head a group: 32 bytes
a picture, whatever the model's embeddings are like, and few pairs are left for the embeddings to confirm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.decoding.perceptual_hash import BYTES
from search.duplicates.files import Details, details_of
from search.progress import Progress

if TYPE_CHECKING:
    from search.library.library import Library

    Hashes = NDArray[np.uint8]  # (n, BYTES)
    Rows = NDArray[np.int64]

BLOCK = 1024  # files that are compared at once
MOST_BITS = 48  # of 255, in which the hashes of one shot may differ (measured by benchmarks/duplicates.py)
MOST_CROPPED = 1.12  # times: how far the ratios of width to height of one shot may differ
TO_THE_SECOND = len("2021-07-04T12:30:00")  # the local time, without the offset that a converted file may lack


@dataclass(frozen=True, slots=True)
class Match:
    """What a picture has in common with the best of its group."""

    image: int
    cosine: float
    bits: int  # of the perceptual hash, that differ


def near_groups(
    library: Library, hashes: dict[int, bytes], cosine: float, progress: Progress
) -> dict[int, list[Match]]:
    """Return the matches of each picture that heads a group, by id; `hashes` of stills, by id, come best first."""
    if not hashes:
        return {}
    import faiss

    ids = np.fromiter(hashes, np.int64, len(hashes))
    looks = np.frombuffer(b"".join(hashes.values()), np.uint8).reshape(-1, BYTES)
    shots = _Shots(library, cosine)
    heads, rows_of_heads = faiss.IndexBinaryFlat(8 * BYTES), np.empty(0, np.int64)
    found: dict[int, list[Match]] = {}
    for start in range(0, len(ids), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(ids)))
        joined: set[int] = set()
        for row, other, bits in _pairs(looks[rows], rows, (heads, rows_of_heads), (_index_of(looks[rows]), rows)):
            if row not in joined and other not in joined:
                match = shots.confirm(int(ids[row]), int(ids[other]), bits)
                if match is not None:
                    joined.add(row)
                    found.setdefault(int(ids[other]), []).append(match)
        leading = rows[~np.isin(rows, list(joined))]
        heads.add(looks[leading])
        rows_of_heads = np.concatenate([rows_of_heads, leading])
        progress(int(rows[-1]) + 1, len(ids))
    return found


def _index_of(looks: Hashes) -> Any:
    """Return an index of a few hashes."""
    import faiss

    index = faiss.IndexBinaryFlat(8 * BYTES)
    index.add(looks)
    return index


def _pairs(looks: Hashes, rows: Rows, *indexes: tuple[Any, Rows]) -> Iterator[tuple[int, int, int]]:
    """Yield (row, other, bits) for the hashes near to these that come before them, by row, the nearest first."""
    parts = []
    for index, others in indexes:
        limits, bits, places = index.range_search(looks, MOST_BITS + 1)  # below that
        parts.append((np.repeat(rows, np.diff(limits.astype(np.int64))), others[places], bits.astype(np.int64)))
    asking, found, differ = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((found, differ, asking))
    order = order[found[order] < asking[order]]
    yield from zip(asking[order].tolist(), found[order].tolist(), differ[order].tolist(), strict=True)


class _Shots:
    """Tells whether two pictures whose hashes are near are of the very same shot."""

    def __init__(self, library: Library, cosine: float) -> None:
        self._library = library
        self._cosine = cosine
        self._details: dict[int, Details | None] = {}

    def confirm(self, image: int, other: int, bits: int) -> Match | None:
        """Return what they have in common, or None if embedding, shape, time or a missing file refutes it."""
        if (cosine := self._cosine_of(image, other)) < self._cosine:
            return None
        one, two = self._current(image), self._current(other)
        return Match(image, cosine, bits) if one and two and same_shot(one, two) else None

    def _cosine_of(self, image: int, other: int) -> float:
        index = self._library.index
        try:
            return float(index.vector(image) @ index.vector(other))
        except KeyError:  # not embedded yet, or removed meanwhile
            return -1.0

    def _current(self, image: int) -> Details | None:
        """Return what is known of a picture, or None if its file is not what was indexed."""
        if image not in self._details:
            found = details_of(self._library.store, image)
            self._details[image] = found if found is not None and found.is_current() else None
        return self._details[image]


def same_shot(one: Details, two: Details) -> bool:
    """Say whether shape and time allow two pictures to be of one shot: a camera's next picture has another time."""
    if not 1 / MOST_CROPPED <= one.ratio / two.ratio <= MOST_CROPPED:
        return False
    if one.taken_at is None or two.taken_at is None:
        return True
    return one.taken_at[:TO_THE_SECOND] == two.taken_at[:TO_THE_SECOND]
