"""The first hits of filters alone, newest first, without a look at all: a page of a million in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from search.library.hits import hits_of
from search.query.listing import by_path
from search.query.sorting import WALL_CLOCK, sorted_hits

if TYPE_CHECKING:
    from indexer.store.store import Store
    from search.filters.passing import Passing
    from search.results import Hit

FEW = 2_000  # that pass, at most, of which all hits are read
BLOCK = 4_096  # rows of the index of dates
DATED = (
    "SELECT id, taken_at FROM images WHERE taken_at IS NOT NULL AND typeof(taken_at) = 'text' ORDER BY taken_at DESC"
)
UNDATED = "SELECT id FROM images WHERE typeof(taken_at) <> 'text' ORDER BY id"


def newest_hits(store: Store, passing: Passing, count: int) -> list[Hit]:
    """Return the first `count` hits that pass, newest first; those of one date, and then those without one, by path."""
    if passing.count is not None and passing.count <= FEW:
        return _in_order(hits_of(store, [(image, None) for image in passing.listed(store)]))[:count]
    wanted = count
    while True:
        ids, are_all = _newest_ids(store, passing, wanted)
        hits = hits_of(store, [(image, None) for image in ids])
        if len(hits) >= count or are_all:
            return _in_order(hits)[:count]
        wanted *= 4  # some rows are damaged, and no hits


def _in_order(hits: list[Hit]) -> list[Hit]:
    return sorted_hits(sorted_hits(hits, "path"), "date")


def _newest_ids(store: Store, passing: Passing, count: int) -> tuple[list[int], bool]:
    """Return the newest ids that pass, `count` and all that are as old as the last of them, and whether these are all.

    Where too few have a date, those without one are among them, the first `count` by path if they are many.
    """
    ids: list[int] = []
    last = None
    for image, date in _dated(store, passing):
        if len(ids) >= count and date[:WALL_CLOCK] != last:
            return ids, False
        ids.append(image)
        last = date[:WALL_CLOCK]
    if len(ids) >= count:
        return ids, False
    undated = np.array([row[0] for row in store.db.execute(UNDATED)], dtype=np.int64)
    undated = undated[passing.mask(undated)]
    if len(undated) <= max(FEW, count):
        return [*ids, *undated.tolist()], True
    return [*ids, *by_path(store, undated)[:count].tolist()], False


def _dated(store: Store, passing: Passing) -> Iterator[tuple[int, str]]:
    """Yield id and date of the pictures that pass, newest first."""
    cursor = store.db.execute(DATED)
    while block := cursor.fetchmany(BLOCK):
        passes = passing.mask(np.array([image for image, _ in block], dtype=np.int64))
        yield from (row for row, is_wanted in zip(block, passes.tolist(), strict=True) if is_wanted)
