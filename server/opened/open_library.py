"""One library, opened in every worker thread: each has a connection of its own, as SQLite wants it.

Quick questions run in a few threads; what takes long has a thread of its own, so that neither waits for the other.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from search.library.library import Library, open_library

Result = TypeVar("Result")

QUICK_THREADS = 4
SLOW_THREADS = 2


class OpenLibrary:
    """A library that threads share."""

    def __init__(self, folder: Path, *, device: str = "auto", read_only: bool = False) -> None:
        """Take the library's folder; nothing is opened before it is needed."""
        self.folder = folder
        self.read_only = read_only
        self._device = device
        self._own = threading.local()
        self._quick = ThreadPoolExecutor(QUICK_THREADS, "quick")
        self._slow = ThreadPoolExecutor(SLOW_THREADS, "slow")

    async def ask(self, function: Callable[[Library], Result]) -> Result:
        """Return what a function makes of the library, in a thread for quick questions."""
        return await self._in(self._quick, function)

    async def work(self, function: Callable[[Library], Result]) -> Result:
        """Return the same, in a thread for what may take seconds."""
        return await self._in(self._slow, function)

    def close(self) -> None:
        """Let the threads end."""
        for pool in (self._quick, self._slow):
            pool.shutdown(wait=True, cancel_futures=True)

    async def _in(self, pool: ThreadPoolExecutor, function: Callable[[Library], Result]) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, functools.partial(self._call, function))

    def _call(self, function: Callable[[Library], Result]) -> Result:
        return function(self._library())

    def _library(self) -> Library:
        """Return this thread's library."""
        library: Library | None = getattr(self._own, "library", None)
        if library is None:
            library = self._own.library = open_library(self.folder, device=self._device)
        return library


def opened(request: Request) -> OpenLibrary:
    """Return the app's library, as a dependency of routes."""
    library: OpenLibrary = request.app.state.library
    return library


Opened = Annotated[OpenLibrary, Depends(opened)]
