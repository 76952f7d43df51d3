"""Groups of stills that show the very same shot: re-encoded, scaled, cropped a little, brightened.

The files come best first. Each joins the first better file that heads a group and with which it is confirmed, or
heads a group itself. So all of a group are near-identical to its best, and no chain of small differences leads from
one shot to another; two of a group may each differ from the best by what is allowed, and thus more from one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.errors import PictureError
from indexer.found import FoundFile
from indexer.lookalikes import Details, details_of, remember_hashes
from indexer.perceptual_hash import BYTES, distances, hash_of_file
from search.projection import Points

if TYPE_CHECKING:
    from search.faiss_index import Ids
    from search.library import Library
    from search.projection import Rows

BLOCK = 1024  # files that are compared at once
MOST_BITS = 48  # of 255, in which the hashes of one shot may differ (measured by benchmarks/duplicates.py)
MOST_CROPPED = 1.12  # times: how far the ratios of width to height of one shot may differ
TO_THE_SECOND = len("2021-07-04T12:30:00")  # the local time, without the offset that a converted file may lack
HASHES_AT_ONCE = 64  # computed before they are written down

Progress = Callable[[int, int], None]  # files compared, of how many


@dataclass(frozen=True, slots=True)
class Match:
    """What a picture has in common with the best of its group."""

    image: int
    cosine: float
    bits: int  # of the perceptual hash, that differ


def near_groups(
    library: Library, ids: Ids, hashes: list[bytes | None], cosine: float, progress: Progress
) -> dict[int, list[Match]]:
    """Return the matches of each picture that heads a group, by id; `ids` and `hashes` come best first."""
    points = Points(library.index, ids)
    shots = _Shots(library, ids, hashes, cosine)
    heads = np.ones(len(ids), dtype=bool)
    found: dict[int, list[Match]] = {}
    for start in range(0, len(ids), BLOCK):
        block = np.arange(start, min(start + BLOCK, len(ids)))
        for others in (np.flatnonzero(heads[:start]), block):
            for pair in points.near(block, others, cosine):
                for row, other in shots.plausible(*pair):
                    if heads[row] and heads[other] and (match := shots.confirm(row, other)) is not None:
                        heads[row] = False
                        found.setdefault(int(ids[other]), []).append(match)
        progress(min(start + BLOCK, len(ids)), len(ids))
    shots.remember(0)
    return found


class _Shots:
    """Tells whether two pictures, named by their rows, are of the very same shot."""

    def __init__(self, library: Library, ids: Ids, hashes: list[bytes | None], cosine: float) -> None:
        self._library = library
        self._ids = ids
        self._cosine = cosine
        self._known = np.array([look is not None for look in hashes], dtype=bool)
        joined = b"".join(look or bytes(BYTES) for look in hashes)
        self._hashes: NDArray[np.uint8] = np.frombuffer(bytearray(joined), np.uint8).reshape(-1, BYTES)
        self._details: dict[int, Details | None] = {}
        self._unreadable: set[int] = set()
        self._new: list[tuple[int, FoundFile, bytes]] = []

    def plausible(self, rows: Rows, others: Rows) -> Iterator[tuple[int, int]]:
        """Yield those pairs, of a row and one before it, whose hashes allow it or are not known yet; nearest first."""
        before = others < rows
        rows, others = rows[before], others[before]
        bits = distances(self._hashes[rows], self._hashes[others])
        bits[~(self._known[rows] & self._known[others])] = 0
        order = np.lexsort((others, bits, rows))
        order = order[bits[order] <= MOST_BITS]
        yield from zip(rows[order].tolist(), others[order].tolist(), strict=True)

    def confirm(self, row: int, other: int) -> Match | None:
        """Return what they have in common if they are the same shot; what costs the most is looked at last."""
        if (cosine := self._cosine_of(row, other)) < self._cosine:
            return None
        one, two = self._detail(row), self._detail(other)
        if one is None or two is None or not same_shot(one, two):
            return None
        if not (self._hashed(row, one) and self._hashed(other, two)):
            return None
        bits = int(distances(self._hashes[row], self._hashes[other]))
        return Match(int(self._ids[row]), cosine, bits) if bits <= MOST_BITS else None

    def _cosine_of(self, row: int, other: int) -> float:
        index = self._library.index
        try:
            return float(index.vector(int(self._ids[row])) @ index.vector(int(self._ids[other])))
        except KeyError:  # removed meanwhile
            return -1.0

    def _detail(self, row: int) -> Details | None:
        """Return what is known of a picture, or None if its file is not what was indexed."""
        if row not in self._details:
            found = details_of(self._library.store, int(self._ids[row]))
            self._details[row] = found if found is not None and found.is_current() else None
        return self._details[row]

    def _hashed(self, row: int, details: Details) -> bool:
        """Say whether a picture has a hash, computed now if it was indexed before there were any."""
        if not self._known[row] and row not in self._unreadable:
            try:
                look = hash_of_file(details.path)
            except PictureError:
                self._unreadable.add(row)
                return False
            self._hashes[row] = np.frombuffer(look, np.uint8)
            self._known[row] = True
            self._new.append((int(self._ids[row]), details.file, look))
            self.remember(HASHES_AT_ONCE)
        return bool(self._known[row])

    def remember(self, most: int) -> None:
        """Write the new hashes down, if there are more than so many."""
        if len(self._new) > most:
            remember_hashes(self._library.store, self._new)
            self._new.clear()


def same_shot(one: Details, two: Details) -> bool:
    """Say whether shape and time allow two pictures to be of one shot: a camera's next picture has another time."""
    if not 1 / MOST_CROPPED <= one.ratio / two.ratio <= MOST_CROPPED:
        return False
    if one.taken_at is None or two.taken_at is None:
        return True
    return one.taken_at[:TO_THE_SECOND] == two.taken_at[:TO_THE_SECOND]
