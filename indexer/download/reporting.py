"""What is said of a download while it goes on, and to whom.

Loading a model may mean a download or not, far below whoever started it; so the one who wants to know says so around
the whole call, for the whole process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

EVERY_SECONDS = 0.25
WORTH_TELLING = 1_000_000  # bytes; what is smaller is here at once


@dataclass(frozen=True, slots=True)
class Download:
    """How far a file has come; what an earlier run has left counts as done."""

    name: str
    repository: str
    done: int  # bytes
    total: int | None  # None: the hub did not say
    over: bool = False  # whole, or broken off if `done` is not `total`


Report = Callable[[Download], object]

_reports: list[Report] = []  # the last one is told


@contextmanager
def reporting(report: Report | None) -> Iterator[None]:
    """Tell `report` of the downloads in this block, some times a second, from whatever thread; None changes nothing."""
    if report is None:
        yield
        return
    _reports.append(report)
    try:
        yield
    finally:
        _reports.remove(report)


class Meter:
    """Counts the bytes of one file, and reports them."""

    def __init__(self, name: str, repository: str, total: int | None) -> None:
        self._name, self._repository, self.total = name, repository, total
        self.done = 0
        self._last = 0.0
        self._silent = total is not None and total < WORTH_TELLING

    def reach(self, done: int) -> None:
        """Note how many bytes are there now; the first time is always reported."""
        self.done = done
        if not self._silent and time.monotonic() - self._last >= EVERY_SECONDS:
            self._report()

    def end(self) -> None:
        """Report how far it came, if anything was reported."""
        if self._last:
            self._report(over=True)

    def _report(self, over: bool = False) -> None:
        self._last = time.monotonic()
        if _reports:
            _reports[-1](Download(self._name, self._repository, self.done, self.total, over))
