"""Groups of stills that show the very same shot: re-encoded, scaled, cropped a little, edited.

The files come best first. Each joins the nearest better file that heads a group and is confirmed as the same shot, or
heads a group itself. So every picture of a group is near-identical to its best, and no chain of small differences
leads from one shot to another; two of a group may differ more from each other than either does from the best.

Perceptual hashes, compared block by block with those of the heads, name the pairs: 32 bytes a picture, whatever the
model's embeddings are like. Embedding, shape and time are asked next, and of the few pairs that are left the files are
compared (comparisons.py).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.decoding.perceptual_hash import BYTES
from indexer.files.away import is_marked
from search.duplicates.comparisons import Comparisons
from search.duplicates.ranking import Details, details_of, same_file
from search.progress import Progress

if TYPE_CHECKING:
    from search.duplicates.difference import Kind
    from search.library.library import Library

    Hashes = NDArray[np.uint8]  # (n, BYTES)
    Rows = NDArray[np.int64]

Pair = tuple[int, int]  # a better row, and the bits that differ

COMPARED_AT_ONCE = 1024  # files
SEARCHED_AT_ONCE = 128  # of these: of thousands of blank sheets each is like all others, and only the nearest count
PREPARED_AT_ONCE = 32  # of these, whose first pair is compared on all cores
NEAREST = 32  # better files by the hash that are looked at for each
MOST_COMPARED = 8  # of these, whose contents are compared: a shelf of forms has thousands that are nearly alike
MOST_BITS = 56  # of 255, in which the hashes of one shot may differ (measured by benchmarks/duplicates.py)
MOST_CROPPED = 1.12  # the factor by which the ratios of width to height of one shot may differ
TO_THE_SECOND = len("2021-07-04T12:30:00")  # the local time, without the offset that a converted file may lack


@dataclass(frozen=True, slots=True)
class Match:
    """How a picture compares with the best of its group."""

    image: int
    cosine: float
    bits: int  # of the perceptual hash that differ
    kind: Kind = "same"  # of difference


def near_groups(
    library: Library, hashes: dict[int, bytes], cosine: float, progress: Progress
) -> dict[int, list[Match]]:
    """Return the matches of each picture that heads a group, by id; `hashes` of stills, by id, are best first."""
    if not hashes:
        return {}
    import faiss

    ids = np.fromiter(hashes, np.int64, len(hashes))
    matrix = np.frombuffer(b"".join(hashes.values()), np.uint8).reshape(-1, BYTES)
    heads, rows_of_heads = faiss.IndexBinaryFlat(8 * BYTES), np.empty(0, np.int64)
    groups: dict[int, list[Match]] = {}
    with closing(Comparisons(library.store)) as comparisons:
        shots = _Shots(library, cosine, ids, comparisons)
        for start in range(0, len(ids), COMPARED_AT_ONCE):
            rows = np.arange(start, min(start + COMPARED_AT_ONCE, len(ids)))
            joined = shots.joined(
                _pairs(matrix[rows], rows, heads, rows_of_heads), lambda row: progress(row + 1, len(ids))
            )
            for head, match in joined.values():
                groups.setdefault(int(ids[head]), []).append(match)
            leading = rows[~np.isin(rows, list(joined))]
            heads.add(matrix[leading])
            rows_of_heads = np.concatenate([rows_of_heads, leading])
            progress(int(rows[-1]) + 1, len(ids))
    return groups


def _pairs(hashes: Hashes, rows: Rows, heads: Any, rows_of_heads: Rows) -> list[tuple[int, list[Pair]]]:
    """Return the rows with similar hashes of better rows, each with these, the nearest first.

    Of the heads only the NEAREST, of the rows themselves all, since those that join another are no heads.
    """
    import faiss

    own = faiss.IndexBinaryFlat(8 * BYTES)
    own.add(hashes)
    parts = [_similar(own, hashes, rows, rows, len(rows))]
    for start in range(0, len(rows) if len(rows_of_heads) else 0, SEARCHED_AT_ONCE):
        some = slice(start, start + SEARCHED_AT_ONCE)
        parts.append(_similar(heads, hashes[some], rows[some], rows_of_heads, NEAREST))
    row, other, bits = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((other, bits, row))
    order = order[other[order] < row[order]]
    triples = zip(row[order].tolist(), other[order].tolist(), bits[order].tolist(), strict=True)
    return [(row, [(other, bits) for _, other, bits in found]) for row, found in groupby(triples, itemgetter(0))]


def _similar(index: Any, hashes: Hashes, rows: Rows, indexed: Rows, most: int) -> tuple[Rows, Rows, Rows]:
    """Return (rows, the indexed rows, bits that differ) of similar hashes, for each row the nearest so many."""
    # Searching for the nearest alone takes ten times as long in faiss as for all within a radius, which is exclusive.
    limits, bits, positions = index.range_search(hashes, MOST_BITS + 1)
    limits = limits.astype(np.int64)
    row, bits = np.repeat(rows, np.diff(limits).astype(np.int64)), bits.astype(np.int64)
    order = np.lexsort((positions, bits, row))
    rank = np.arange(len(order)) - np.repeat(limits[:-1], np.diff(limits).astype(np.int64))
    order = order[rank < most]
    return row[order], indexed[positions[order]], bits[order]


class _Current(NamedTuple):
    """A picture whose file is as it was indexed."""

    details: Details
    status: os.stat_result


class _Shots:
    """Finds for pictures the better one of the very same shot, by what is known of them and by the files."""

    def __init__(self, library: Library, cosine: float, ids: Rows, comparisons: Comparisons) -> None:
        self._library = library
        self._cosine = cosine
        self._ids = ids
        self._comparisons = comparisons
        self._pictures: dict[int, _Current | None] = {}  # by row

    def joined(
        self, pairs: Sequence[tuple[int, list[Pair]]], compared: Callable[[int], None]
    ) -> dict[int, tuple[int, Match]]:
        """Return the rows that join a better one, with that and how they compare; pairs by row.

        `compared` is called with the last of some rows: where there are many copies, these alone take a second.
        """
        joined: dict[int, tuple[int, Match]] = {}
        for start in range(0, len(pairs), PREPARED_AT_ONCE):
            some = pairs[start : start + PREPARED_AT_ONCE]
            self._prepare((row, [head for head in heads if head[0] not in joined]) for row, heads in some)
            for row, heads in some:
                if match := self._match(row, [head for head in heads if head[0] not in joined]):
                    joined[row] = match
            compared(some[-1][0])
        return joined

    def _prepare(self, pairs: Iterable[tuple[int, list[Pair]]]) -> None:
        """Compare each row with the first that it may be of one shot with, on all cores."""
        first = (next(self._plausible(row, heads), None) for row, heads in pairs)
        self._comparisons.prepare((pair.better, pair.worse) for pair in first if pair)

    def _match(self, row: int, heads: list[Pair]) -> tuple[int, Match] | None:
        """Return the nearest better row that shows the same shot, and how the row compares with it."""
        for pair in islice(self._plausible(row, heads), MOST_COMPARED):
            if kind := self._comparisons.kind(pair.better, pair.worse):
                return pair.head, Match(int(self._ids[row]), pair.cosine, pair.bits, kind)
        return None

    def _plausible(self, row: int, heads: list[Pair]) -> Iterator[_Plausible]:
        """Yield the better rows that embedding, shape and time allow to be the same shot, in their order."""
        for head, bits in heads[:NEAREST]:
            cosine = self._cosine_of(row, head)
            if cosine < self._cosine:
                continue
            worse, better = self._current(row), self._current(head)
            if worse is None or better is None or same_file(worse.status, better.status):
                continue
            if same_shot(worse.details, better.details):
                yield _Plausible(head, cosine, bits, better.details, worse.details)

    def _cosine_of(self, row: int, other: int) -> float:
        """Return the cosine, which rounding must not bring above 1; -1 without embeddings."""
        index = self._library.index
        try:
            return min(1.0, float(index.vector(int(self._ids[row])) @ index.vector(int(self._ids[other]))))
        except KeyError:  # not embedded yet, or removed meanwhile
            return -1.0

    def _current(self, row: int) -> _Current | None:
        """Return a picture, or None if its file is not what was indexed, or is away: comparing would download it."""
        if row not in self._pictures:
            details = details_of(self._library.store, int(self._ids[row]))
            status = details.status() if details else None
            if details and status and not is_marked(status):
                self._pictures[row] = _Current(details, status)
            else:
                self._pictures[row] = None
        return self._pictures[row]


class _Plausible(NamedTuple):
    """Two pictures that may be of one shot."""

    head: int  # row of the better one
    cosine: float
    bits: int
    better: Details
    worse: Details


def same_shot(first: Details, second: Details) -> bool:
    """Return whether shape and time allow two pictures to be of one shot: a camera's next picture has another time."""
    if not 1 / MOST_CROPPED <= first.ratio / second.ratio <= MOST_CROPPED:
        return False
    if first.taken_at is None or second.taken_at is None:
        return True
    if first.taken_at[:TO_THE_SECOND] != second.taken_at[:TO_THE_SECOND]:
        return False
    return first.taken_ms == second.taken_ms or None in (first.taken_ms, second.taken_ms)
