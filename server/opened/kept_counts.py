"""How many pictures have each label of the sets that are worked on, brought up to date with each correction.

Counting the labels of a million pictures takes a third of a second, and each correction tells the counts.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from indexer.store.soundness import PROBABLE
from search.columns.state import labels_state

if TYPE_CHECKING:
    from indexer.store.store import Store

Result = TypeVar("Result")

MOST_KEPT = 8


class KeptCounts:
    """The counts of the last sets, each with the state of all labels that it is of; any thread may ask."""

    def __init__(self) -> None:
        """Have none yet."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, tuple[str, Counter[str]]] = OrderedDict()

    def of(self, store: Store, label_set: int) -> Counter[str]:
        """Return how many pictures have each label of a set, by its id; counted only where that is not known."""
        state = labels_state(store)
        known = self._known(label_set, state)
        if known is not None:
            return known
        select = f"SELECT class, count(*) FROM labels WHERE label_set = ? AND {PROBABLE} GROUP BY class"
        counts = Counter(dict(store.db.execute(select, [label_set]).fetchall()))
        if labels_state(store) == state:  # nobody has changed any meanwhile
            self._keep(label_set, state, counts)
        return counts

    def following(self, store: Store, label_set: int, images: Iterable[int], change: Callable[[], Result]) -> Result:
        """Return what a change gives that is about the labels of these pictures alone, and follow it.

        It is one transaction, so that nobody else's change is taken for a part of it.
        """
        with store.writing():
            before = self._known(label_set, labels_state(store))
            ids = list(dict.fromkeys(images)) if before is not None else []
            had = _labels(store, label_set, ids)
            result = change()
            has, state = _labels(store, label_set, ids), labels_state(store)
        if before is not None:
            before.subtract(had)
            before.update(has)
            self._keep(label_set, state, before)
        return result

    def _known(self, label_set: int, state: str) -> Counter[str] | None:
        """Return a copy of what is kept, if it is of this state."""
        with self._lock:
            kept = self._kept.get(label_set)
            return Counter(kept[1]) if kept is not None and kept[0] == state else None

    def _keep(self, label_set: int, state: str, counts: Counter[str]) -> None:
        with self._lock:
            self._kept[label_set] = state, Counter(counts)
            self._kept.move_to_end(label_set)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def _labels(store: Store, label_set: int, images: Iterable[int]) -> Counter[str]:
    """Return how many of these pictures have each label of a set."""
    select = f"SELECT class FROM labels WHERE label_set = ? AND {PROBABLE} AND image IN ({{marks}})"
    return Counter(name for (name,) in store.db.rows_in(select, images, label_set))
