"""The hits of ids, some hundred at a time, so that a hundred thousand of them are never in memory together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from indexer.store.store import Store
from search.library.hits import hits_of
from search.places.naming import with_places
from search.results import Hit

AT_ONCE = 500  # that are read together


class PickedHits:
    """Hits in the order of their ids, read as they are asked for; counts those that are gone from the library."""

    def __init__(self, store: Store, ids: Sequence[int], scores: Sequence[float] | None) -> None:
        """Take the ids, and their scores if they have any."""
        self.gone = 0
        self._store, self._ids, self._scores = store, ids, scores

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Hit]:
        for first in range(0, len(self._ids), AT_ONCE):
            ids = self._ids[first : first + AT_ONCE]
            scores = [None] * len(ids) if self._scores is None else self._scores[first : first + AT_ONCE]
            hits = hits_of(self._store, list(zip(ids, scores, strict=True)))
            self.gone += len(ids) - len(hits)
            yield from hits

    def with_places(self, say: Callable[[str], None]) -> Iterator[Hit]:
        """Yield the hits with the names of their places; `say` is told before what takes long."""
        hits = iter(self)
        while some := list(islice(hits, AT_ONCE)):
            yield from with_places(some, say)
