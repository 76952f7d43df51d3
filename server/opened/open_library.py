"""One library, opened in every worker thread: each has a connection of its own, as SQLite wants it.

Quick questions run in a few threads; what takes long has threads of its own, so that neither waits for the other. The
model and the mapped index are there once, for all of them (shared_parts.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from indexer.models.device import cores
from search.columns.opening import OpenColumns
from search.facets.opening import OpenPlaces
from search.library.library import Library
from search.plane.opening import OpenPlane
from server.errors import Refused
from server.opened.judged_sets import JudgedSets
from server.opened.kept_counts import KeptCounts
from server.opened.memory import give_memory_back, trim
from server.opened.place_names import PlaceNames
from server.opened.plane_making import PlaneMaking
from server.opened.rankings import Rankings
from server.opened.shared_parts import WarmParts
from server.opened.thread_library import ThreadLibrary

if TYPE_CHECKING:
    from starlette.requests import Request

Result = TypeVar("Result")

QUICK_THREADS = max(2, min(4, cores()))
SLOW_THREADS = 2
LOOK_SECONDS = 0.25  # between looks whether the one who asked is still there, while a question waits for its turn
CLOSING_SECONDS = 2.0  # that threads have to close their connections
CLIENT_GONE = 499  # as nginx calls it; nobody reads the answer
READ_ONLY = "The library can't be changed from here: the server was started with --read-only."
UNWRITABLE = "The library can't be written to; check the permissions of its folder, and whether its disk is read-only."

REQUEST: ContextVar[Request | None] = ContextVar("request", default=None)


class OpenLibrary:
    """A library that threads share."""

    def __init__(self, folder: Path, *, device: str = "auto", read_only: bool = False, reveals: bool = False) -> None:
        """Take the library's folder; nothing is opened before it is needed.

        With `reveals` whoever asks sits at this machine, and may have folders shown on its screen.
        """
        give_memory_back()
        self.folder = folder
        self.read_only = read_only
        self.reveals = reveals and not read_only
        self.rankings = Rankings()
        self.columns = OpenColumns()
        self.judged_sets = JudgedSets()
        self.label_counts = KeptCounts()
        self.place_names = PlaceNames()
        self.places = OpenPlaces(lambda: self.place_names.progress)
        self.plane = OpenPlane()
        self.plane_making = PlaneMaking()
        self._preparing = threading.Lock()
        self.device = device
        self._parts = WarmParts()
        self._own = threading.local()
        self._is_closed = False
        self._quick = ThreadPoolExecutor(QUICK_THREADS, "quick", self.place_names.leave_to_this)
        self._slow = ThreadPoolExecutor(SLOW_THREADS, "slow", self.place_names.leave_to_this)

    async def ask(self, function: Callable[[Library], Result]) -> Result:
        """Return what a function makes of the library, in a thread for quick questions."""
        return await self._in(self._quick, functools.partial(self._call, function))

    async def work(self, function: Callable[[Library], Result]) -> Result:
        """Return the same, in a thread for what may take seconds."""
        return await self._in(self._slow, functools.partial(self._worked, function))

    async def write(self, function: Callable[[Library], Result]) -> Result:
        """Return the same of a function that changes the library; raises Refused where that can't be done."""
        return await self.work(self._changing(function))

    async def change(self, function: Callable[[Library], Result]) -> Result:
        """Return the same of a quick change, which does not wait behind those that take seconds."""
        return await self.ask(self._changing(function))

    async def run(self, function: Callable[[], Result]) -> Result:
        """Return what a function gives that needs no library, in a thread for what may take seconds."""
        return await self._in(self._slow, function)

    def warm_up(self) -> None:
        """Open what the first question needs in the background; does nothing once this is closed."""
        with contextlib.suppress(RuntimeError):
            self._quick.submit(self._call, self._parts.warm_up)

    def read_columns(self) -> None:
        """Read the columns in the background, if that is not done."""
        self._slow.submit(self._call, lambda library: self.columns.of(library.store))

    def prepare(self, function: Callable[[Library], object]) -> None:
        """Have a function called in the background, unless another one is."""
        if not self._preparing.acquire(blocking=False):
            return

        def call() -> None:
            try:
                self._worked(function)
            finally:
                self._preparing.release()

        self._slow.submit(call)

    def _changing(self, function: Callable[[Library], Result]) -> Callable[[Library], Result]:
        """Return a function as it may be called; raises Refused, also once it is called, where nothing may change."""

        def changed(library: Library) -> Result:
            if library.store.read_only:
                raise Refused(403, UNWRITABLE)
            return function(library)

        if self.read_only:
            raise Refused(403, READ_ONLY)
        return changed

    def _worked(self, function: Callable[[Library], Result]) -> Result:
        try:
            return self._call(function)
        finally:
            trim()

    def close(self) -> None:
        """Let the threads close their connections and end; does nothing the second time."""
        if self._is_closed:
            return
        self._is_closed = True
        self.place_names.close()
        for pool, threads in ((self._quick, QUICK_THREADS), (self._slow, SLOW_THREADS)):
            together = threading.Barrier(threads)  # so that each of them closes its own
            wait([pool.submit(self._close_own, together) for _ in range(threads)], CLOSING_SECONDS)
            pool.shutdown(wait=False, cancel_futures=True)

    async def _in(self, pool: ThreadPoolExecutor, function: Callable[[], Result]) -> Result:
        """Return what a function gives in a pool; it is not called for someone who is gone before its turn."""
        request = REQUEST.get()
        future: Future[Result] = pool.submit(function)
        answer = asyncio.wrap_future(future)
        while request is not None and not future.running() and not future.done():
            await asyncio.wait((answer,), timeout=LOOK_SECONDS)
            if not future.running() and not future.done() and await request.is_disconnected() and future.cancel():
                raise Refused(CLIENT_GONE, "Nobody waits for the answer any more.")
        return await answer

    def _call(self, function: Callable[[Library], Result]) -> Result:
        own: ThreadLibrary | None = getattr(self._own, "library", None)
        if own is None:
            own = self._own.library = ThreadLibrary(self.folder, self.device, self._parts)
        return own.call(function)

    def _close_own(self, together: threading.Barrier) -> None:
        """Close this thread's connection, when all threads have come to that, or some work too long."""
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(CLOSING_SECONDS)
        own: ThreadLibrary | None = getattr(self._own, "library", None)
        if own is not None:
            own.close()
