"""The rankings of the last searches: a page asks for one's layout, counts, map and pictures, and it is made once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")

MOST_KEPT = 256
MOST_ROWS = 4_000_000  # of all together: some 16 bytes each


class Rankings:
    """What was made of the last searches, by what was asked; whoever asks the same meanwhile waits for it."""

    def __init__(self) -> None:
        """Have none yet."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, Hashable], _Entry[Any]] = OrderedDict()

    def get(self, state: str, key: Hashable, make: Callable[[], Made], rows: Callable[[Made], int]) -> Made:
        """Return what was made for a key in this state of the library, or make it; `rows` says how large it is."""
        with self._lock:
            entry = self._kept.get((state, key))
            is_new = entry is None
            if entry is None:
                entry = self._kept[state, key] = _Entry()
            self._kept.move_to_end((state, key))
        if not is_new:
            made: Made = entry.future.result()
            return made
        try:
            made = make()
        except BaseException as error:
            entry.future.set_exception(error)
            with self._lock:
                self._kept.pop((state, key), None)
            raise
        entry.rows = rows(made)
        entry.future.set_result(made)
        self._forget(state)
        return made

    def _forget(self, state: str) -> None:
        """Forget what is of another state, and the oldest where there is too much."""
        with self._lock:
            made = [key for key, entry in self._kept.items() if entry.future.done()]
            for key in (key for key in made if key[0] != state):
                del self._kept[key]
            for key in made[:-1]:
                if len(self._kept) > MOST_KEPT or sum(one.rows for one in self._kept.values()) > MOST_ROWS:
                    self._kept.pop(key, None)


class _Entry(Generic[Made]):
    """What is being made, or was."""

    def __init__(self) -> None:
        self.future: Future[Made] = Future()
        self.rows = 0
