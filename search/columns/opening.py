"""The columns of a library as it is now: those that were read already, else from their file, else from the database.

One object for all threads: whoever asks while they are being read waits for that.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from search.columns.apart import made_apart, make_columns, make_path_order
from search.columns.columns import Columns
from search.columns.kept_columns import keep_columns, keep_path_order, kept_columns, kept_path_order
from search.columns.label_columns import LabelColumns, read_labels
from search.columns.reading import read_columns, read_path_order
from search.columns.state import labels_state, pictures_state

if TYPE_CHECKING:
    from indexer.store.store import Store


class OpenColumns:
    """The columns of one library, for any thread; each comes with its own store."""

    def __init__(self) -> None:
        self._reading, self._ordering, self._labelling = threading.Lock(), threading.Lock(), threading.Lock()
        self._columns: Columns | None = None
        self._by_path: tuple[str, NDArray[np.uint32]] | None = None
        self._labels: tuple[str, dict[int, LabelColumns]] = ("", {})

    def are_ready(self, store: Store) -> bool:
        """Return whether the columns of the library as it is now are in memory."""
        columns = self._columns
        return columns is not None and columns.state == pictures_state(store)

    def of(self, store: Store) -> Columns:
        """Return the columns of the library as it is now."""
        columns, state = self._columns, pictures_state(store)
        if columns is not None and columns.state == state:
            return columns
        with self._reading:
            if self._columns is None or self._columns.state != state:
                self._columns = kept_columns(store, state) or self._read(store)
            return self._columns

    def by_path(self, store: Store, columns: Columns) -> NDArray[np.uint32]:
        """Return the rows of columns in the order of their paths."""
        with self._ordering:
            if self._by_path is None or self._by_path[0] != columns.state:
                order = kept_path_order(store, columns)
                if order is None:
                    made_apart(store, make_path_order)
                    order = kept_path_order(store, columns)
                if order is None:
                    order = read_path_order(store, columns)
                    keep_path_order(store, columns.state, order)
                self._by_path = (columns.state, order)
            return self._by_path[1]

    def labels_are_ready(self, store: Store, columns: Columns, label_set: int) -> bool:
        """Return whether the labels of a set are in memory."""
        state, known = self._labels
        return state == f"{columns.state} {labels_state(store)}" and label_set in known

    def labels(self, store: Store, columns: Columns, label_set: int) -> LabelColumns:
        """Return the labels of a set, by the rows of columns."""
        state = f"{columns.state} {labels_state(store)}"
        with self._labelling:
            if self._labels[0] != state:
                self._labels = (state, {})
            known = self._labels[1]
            if label_set not in known:
                known[label_set] = read_labels(store, columns, label_set)
            return known[label_set]

    def _read(self, store: Store) -> Columns:
        """Return the columns, read from the database and written to their file."""
        made_apart(store, make_columns)
        columns = kept_columns(store, pictures_state(store))
        if columns is None:
            columns = read_columns(store)
            keep_columns(store, columns)
        return columns
