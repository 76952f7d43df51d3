"""Reading the columns of a library from its database: a million pictures in a few seconds.

Rows come as Python values, since SQLite keeps any value in any column; what is the same for many is looked at once, and
a block of rows that is sound, as nearly all are, is taken as a whole. What makes a row no hit (search/library/hits.py)
leaves it out here as well.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.paths import from_columns, readable
from indexer.store.roots import root_paths
from indexer.store.soundness import is_number
from search.columns.aspects import aspect_bytes
from search.columns.columns import Coded, Columns
from search.columns.date_order import date_words, newest_first, settled, ties
from search.columns.folder_tree import FolderTree
from search.columns.months import month_of
from search.columns.path_order import Located, Names, rows_by_path
from search.columns.rows import Block, reading_texts, sound_blocks
from search.columns.state import pictures_state
from search.index.files import snapshot
from search.library.hits import camera

if TYPE_CHECKING:
    from indexer.store.store import Store

SELECT = (
    "SELECT id, root, path, path_bytes, at_ms, size, width, height, format, taken_at, camera_make, camera_model,"
    " latitude, longitude FROM images ORDER BY id"
)


class Codes:
    """Numbers for values in the order in which they come."""

    def __init__(self) -> None:
        self.known: defaultdict[Any, int] = defaultdict(count().__next__)
        self.blocks: list[NDArray[np.uint32]] = []

    def add(self, values: Sequence[Any]) -> None:
        """Take the values of the next rows."""
        self.blocks.append(np.fromiter(map(self.known.__getitem__, values), np.uint32, len(values)))

    def coded(self, name: Callable[[Any], str]) -> Coded:
        """Return the names that the values stand for, sorted, and the number of each row's."""
        values = [name(value) for value in self.known]
        names = sorted({*values, ""})
        numbers = {name: number for number, name in enumerate(names)}
        codes = self.renumbered([numbers[value] for value in values])
        return Coded(codes.astype(np.uint16) if len(names) <= 2**16 else codes, tuple(names))

    def renumbered(self, numbers: Sequence[int]) -> NDArray[np.uint32]:
        """Return other numbers of the rows (n,), from those of the values."""
        table: NDArray[np.uint32] = np.array([*numbers, 0], dtype=np.uint32)
        codes = np.concatenate([np.empty(0, np.uint32), *self.blocks])
        return np.asarray(table[codes], dtype=np.uint32)


class Parts:
    """What was read of the rows so far."""

    def __init__(self) -> None:
        self.folders, self.formats, self.months, self.cameras = Codes(), Codes(), Codes(), Codes()
        self.names = Names()
        self.arrays: defaultdict[str, list[NDArray[Any]]] = defaultdict(list)

    def add(self, block: Block) -> None:
        """Take the columns of sound rows."""
        ids, roots, paths, raws, moments, _, widths, heights, formats, dates, makes, models, latitudes, longitudes = (
            block
        )
        names = paths if not any(raws) else list(map(from_columns, paths, raws))
        halves = [name.rpartition("/") for name in names]
        self.folders.add([(root, half[0]) for root, half in zip(roots, halves, strict=True)])
        self.names.add([half[2] for half in halves])
        self.formats.add(formats)
        self.months.add([date[:7] if type(date) is str else None for date in dates])
        self.cameras.add(list(zip(makes, models, strict=True)))
        arrays = self.arrays
        arrays["ids"].append(np.array(ids, dtype=np.uint32))
        arrays["moments"].append(np.array(moments, dtype=np.int64))
        arrays["aspects"].append(aspect_bytes(np.array(widths, dtype=np.int64), np.array(heights, dtype=np.int64)))
        arrays["dates"].append(date_words(dates))
        places = _places(latitudes, longitudes)
        arrays["latitudes"].append(places[0])
        arrays["longitudes"].append(places[1])

    def array(self, name: str, like: NDArray[Any]) -> Any:
        """Return an array over all rows; `like` an empty one if there are none."""
        return np.concatenate([like, *self.arrays.pop(name, [])])


def read_columns(store: Store) -> Columns:
    """Return the columns of a library, as they are at one moment."""
    with snapshot(store):
        state, known = pictures_state(store), root_paths(store)
        parts = _read(store, known)
    tree = FolderTree.of(parts.folders.known)
    numbers = tree.numbers
    folders = parts.folders.renumbered([numbers[place] for place in parts.folders.known])
    located = _located(known, tree, folders, parts)
    return Columns(
        state=state,
        ids=parts.array("ids", np.empty(0, np.uint32)),
        aspects=parts.array("aspects", np.empty(0, np.uint8)),
        months=parts.months.coded(month_of),
        cameras=parts.cameras.coded(_camera),
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
        parts = _read(store, known)
    known = {root: known.get(root, Path(name)) for root, name in columns.root_names.items()}
    ids = parts.array("ids", np.empty(0, np.uint32))
    places = np.searchsorted(ids, columns.ids)
    if len(ids) == len(columns) and bool((places < len(ids)).all()) and bool((ids[places] == columns.ids).all()):
        located = _located(known, columns.tree, columns.folders, parts)
        return rows_by_path(located, np.arange(len(columns))).astype(np.uint32)
    return np.arange(len(columns), dtype=np.uint32)


def _located(known: Mapping[int, Path], tree: FolderTree, folders: NDArray[np.uint32], parts: Parts) -> Located:
    """Return where pictures are."""
    moments = parts.array("moments", np.empty(0, np.int64))
    return Located(known, tree.places, folders.astype(np.int64), parts.names, moments)


def _read(store: Store, known: Collection[int]) -> Parts:
    """Return what is read of all rows."""
    try:
        return _all_parts(store, known, str)
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
    return _all_parts(store, known, store.db.conn.text_factory)  # which takes any text, in twice the time


def _all_parts(store: Store, known: Collection[int], texts: Any) -> Parts:
    """Return what is read of all rows, where SQLite hands over texts as `texts` makes them."""
    parts = Parts()
    with reading_texts(store, texts):
        for block in sound_blocks(store.db.execute(SELECT), known):
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


def _camera(pair: tuple[Any, Any]) -> str:
    """Return the name of a make and a model, "" for none."""
    make, model = (value if type(value) is str else None for value in pair)
    return camera(make, model) or ""


def _places(latitudes: Sequence[Any], longitudes: Sequence[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return coordinates (n,) and (n,), NaN for both where they are no place."""
    pair = []
    for values, most in ((latitudes, 90), (longitudes, 180)):
        if not set(map(type, values)) <= {float, type(None)}:
            values = [value if is_number(value) else None for value in values]
        numbers = np.array(values, dtype=np.float64)
        numbers[~(np.abs(numbers) <= most)] = np.nan
        pair.append(numbers)
    nowhere = np.isnan(pair[0]) | np.isnan(pair[1])
    pair[0][nowhere] = pair[1][nowhere] = np.nan
    return pair[0].astype(np.float32), pair[1].astype(np.float32)
