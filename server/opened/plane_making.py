"""How far the plane of a large library is, while it is made for whoever asks again and again; it ends with them."""

from __future__ import annotations

import time
from collections.abc import Callable

from indexer.errors import ClipsearchError
from search.progress import Progress

GONE_SECONDS = 10.0  # after which someone who has not asked again does not look any more


class NobodyLooks(ClipsearchError):
    """The plane is not made any further."""


class PlaneMaking:
    """Told by the thread that makes it, read by those that answer."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._asked = time.monotonic()
        self.done = self.total = 0
        self._failure: Exception | None = None

    def ask(self) -> None:
        """Take note that someone looks; raises why it could not be made the last time."""
        self._asked = time.monotonic()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def make(self, plane: Callable[[Progress], object]) -> None:
        """Have it made by a function that takes a progress."""
        try:
            plane(self._tell)
        except NobodyLooks:
            self.done = self.total = 0
        except Exception as error:
            self._failure = error

    def _tell(self, done: int, total: int) -> None:
        """Take how far it is; raises NobodyLooks once nobody has asked for a while."""
        self.done, self.total = done, total
        if time.monotonic() - self._asked > GONE_SECONDS:
            raise NobodyLooks("Nobody looks at the plane any more.")
