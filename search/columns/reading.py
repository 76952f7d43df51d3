"""Reading the columns of a library from its database: a million pictures in a few seconds.

Rows come as Python values, since SQLite keeps any value in any column; a block of rows that is sound, as nearly all
are, is taken as a whole. What makes a row no hit (search/library/hits.py) leaves it out here as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.paths import readable
from indexer.store.roots import root_paths
from search.columns.columns import Columns
from search.columns.date_order import newest_first, settled, ties
from search.columns.folder_tree import FolderTree
from search.columns.months import month_of
from search.columns.parts import NameParts, Parts, camera_name
from search.columns.path_order import Located, rows_by_path
from search.columns.rows import reading_texts, sound_blocks
from search.columns.state import pictures_state
from search.index.files import snapshot

if TYPE_CHECKING:
    from indexer.store.store import Store

Gathered = TypeVar("Gathered", bound=NameParts)


def read_columns(store: Store) -> Columns:
    """Return the columns of a library, as they are at one moment."""
    with snapshot(store):
        state, known = pictures_state(store), root_paths(store)
        parts = _read(store, known, Parts)
    tree = FolderTree.of(parts.folders.known)
    numbers = tree.numbers
    folders = parts.folders.renumbered([numbers[place] for place in parts.folders.known])
    located = _located(known, tree, folders, parts)
    return Columns(
        state=state,
        ids=parts.array("ids", np.empty(0, np.uint32)),
        aspects=parts.array("aspects", np.empty(0, np.uint8)),
        months=parts.months.coded(month_of),
        cameras=parts.cameras.coded(camera_name),
        formats=parts.formats.coded(str),
        folders=folders,
        tree=tree,
        root_names={root: readable(known[root]) for root in sorted({root for root, _ in tree.places})},
        latitudes=parts.array("latitudes", np.empty(0, np.float32)),
        longitudes=parts.array("longitudes", np.empty(0, np.float32)),
        newest=_newest(parts.array("dates", np.empty((0, 3), np.uint64)), located),
    )


def read_path_order(store: Store, columns: Columns) -> NDArray[np.uint32]:
    """Return the rows of columns (n,) in the order of their paths.

    What has changed since the columns were read stands anywhere; they are read anew then.
    """
    with snapshot(store):
        known = root_paths(store)
        parts = _read(store, known, NameParts)
    known = {root: known.get(root, Path(name)) for root, name in columns.root_names.items()}
    ids = parts.array("ids", np.empty(0, np.uint32))
    places = np.searchsorted(ids, columns.ids)
    if len(ids) == len(columns) and bool((places < len(ids)).all()) and bool((ids[places] == columns.ids).all()):
        located = _located(known, columns.tree, columns.folders, parts)
        return rows_by_path(located, np.arange(len(columns))).astype(np.uint32)
    return np.arange(len(columns), dtype=np.uint32)


def _located(known: Mapping[int, Path], tree: FolderTree, folders: NDArray[np.uint32], parts: NameParts) -> Located:
    """Return where pictures are."""
    moments = parts.array("moments", np.empty(0, np.int64))
    return Located(known, tree.places, folders.astype(np.int64), parts.names, moments)


def _read(store: Store, known: Collection[int], kind: type[Gathered]) -> Gathered:
    """Return what is read of all rows."""
    try:
        return _all_parts(store, known, kind(), str)
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
    return _all_parts(store, known, kind(), store.db.conn.text_factory)  # which takes any text, in twice the time


def _all_parts(store: Store, known: Collection[int], parts: Gathered, texts: Any) -> Gathered:
    """Return parts with what is read of all rows, where SQLite hands over texts as `texts` makes them."""
    with reading_texts(store, texts):
        for block in sound_blocks(store.db.execute(f"SELECT {parts.SELECT} FROM images ORDER BY id"), known):
            parts.add(block)
    return parts


def _newest(words: NDArray[np.uint64], located: Located) -> NDArray[np.uint32]:
    """Return the rows by date, newest first; those of one date, or without one, by path."""
    order, dates = newest_first(words)
    tied = ties(dates)
    rows = rows_by_path(located, np.sort(order[tied]))
    ranks = np.zeros(len(order), dtype=np.int64)
    ranks[rows] = np.arange(len(rows))
    return settled(order, dates, tied, ranks).astype(np.uint32)
