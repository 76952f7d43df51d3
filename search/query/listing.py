"""The order of pictures that no terms rank: by date, the newest first, or by path; as ids, since they may be many."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from indexer.paths import from_columns
from indexer.store.roots import root_paths
from search.query.sorting import WALL_CLOCK, Order, natural_key

if TYPE_CHECKING:
    from indexer.arrays import Ids
    from indexer.store.store import Store
    from search.filters.passing import Passing

# Answered from the index of dates alone; of one moment the pictures by id, which is the order of their paths mostly.
NEWEST = f"SELECT id FROM images WHERE taken_at IS NOT NULL ORDER BY substr(taken_at, 1, {WALL_CLOCK}) DESC, id"
UNDATED = "SELECT id FROM images WHERE taken_at IS NULL ORDER BY root, ifnull(path_bytes, path), at_ms"


def listed_ids(store: Store, passing: Passing, order: Order) -> Ids:
    """Return the ids (n,) of the pictures that pass, by path, or newest first and those without a date by path."""
    if order == "path":
        return by_path(store, np.array(passing.listed(store), dtype=np.int64))
    ids = np.concatenate([_ids(store, NEWEST), _ids(store, UNDATED)])
    return ids[passing.mask(ids)]


def newest_first(store: Store, ids: Ids) -> Ids:
    """Return some ids newest first, those without a date last; the sort is stable."""
    rows = store.db.rows_in("SELECT id, taken_at FROM images WHERE id IN ({marks})", ids.tolist())
    taken = {image: str(at or "")[:WALL_CLOCK] for image, at in rows}
    ordered = sorted(ids.tolist(), key=lambda image: taken.get(image, ""), reverse=True)
    return np.array(ordered, dtype=np.int64)


def by_path(store: Store, ids: Ids) -> Ids:
    """Return some ids in the natural order of their paths, moments of a video by time."""
    folders = root_paths(store)
    rows = store.db.rows_in("SELECT id, root, path, path_bytes, at_ms FROM images WHERE id IN ({marks})", ids.tolist())
    keyed = [
        (natural_key(folders[root] / from_columns(path, raw)), str(path), at_ms or 0, image)
        for image, root, path, raw, at_ms in rows
        if root in folders
    ]
    return np.array([key[-1] for key in sorted(keyed)], dtype=np.int64)


def _ids(store: Store, select: str) -> Ids:
    return np.fromiter(map(itemgetter(0), store.db.execute(select)), dtype=np.int64)
