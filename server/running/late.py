"""Routes that no first page asks for: loaded when it has been served, or as soon as one of them is asked for.

To import them, with the models of their requests and answers, takes a quarter of the start.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from server.safety.requests import API, Scope

if TYPE_CHECKING:
    from fastapi import APIRouter

SECONDS = 1.0  # after the start, in which a browser asks for the page
FIRST = frozenset(("session", "search", "known", "layout", "images", "thumb", "facets", "uploads"))  # below /api/v1/

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def late_routers() -> list[APIRouter]:
    """Import those routes."""
    from server.api import points, stats, towns, wider
    from server.job_api import actions, duplicates, index
    from server.labelling import labels

    return [module.router for module in (wider, points, stats, towns, actions, duplicates, index, labels)]


class Late:
    """Loads them once, for whoever comes first."""

    def __init__(self, include: Callable[[list[APIRouter]], None]) -> None:
        """Take what puts them into the app."""
        self._include = include
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "late")
        self.is_loaded = False

    def load(self) -> None:
        """Return when they are loaded."""
        with self._lock:
            if not self.is_loaded:
                self._include(late_routers())
                self.is_loaded = True

    def begin(self) -> None:
        """Load them in a thread."""
        self._thread.submit(self.load)

    async def ready(self) -> None:
        """Return when they are loaded, without holding anyone up."""
        if not self.is_loaded:
            await asyncio.wrap_future(self._thread.submit(self.load))

    def close(self) -> None:
        """Load them no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


class WaitsForLate:
    """Has a request wait for them that may be for one of them."""

    def __init__(self, app: App, late: Late) -> None:
        """Take what answers."""
        self._app = app
        self._late = late

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].startswith(API):
            topic = scope["path"].split("/")[3:4]  # of /api/v1/topic
            if not FIRST.issuperset(topic or [""]):
                await self._late.ready()
        await self._app(scope, receive, send)
