"""How the model judges the label sets that were lately looked at: made once for all threads, and anew with the set."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.store.labels import LabelSet
    from search.corrections.judged_set import JudgedSet, State
    from search.library.library import Library

MOST_KEPT = 4


class JudgedSets:
    """The label sets that are warm."""

    def __init__(self) -> None:
        """Have none yet."""
        self._kept: OrderedDict[State, JudgedSet] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, library: Library, label_set: LabelSet) -> JudgedSet:
        """Return how a set is judged as it is now; raises as JudgedSet does."""
        from search.corrections.judged_set import JudgedSet, state_of

        state = state_of(library, label_set)
        with self._lock:
            known = self._kept.get(state)
            if known is not None:
                self._kept.move_to_end(state)
                return known
        made = JudgedSet(library, label_set)
        with self._lock:
            kept = self._kept.setdefault(state, made)
            for old in [key for key in self._kept if key[0] == label_set.id and key != state]:
                del self._kept[old]
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return kept
