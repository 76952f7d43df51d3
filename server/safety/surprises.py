"""What nobody foresaw ends in a sentence: one for the browser, one for the terminal, and a traceback for neither."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from server.http_errors import answer
from server.safety.requests import Scope

LOG = logging.getLogger("clipsearch.server")
SENTENCE = "Something unexpected went wrong ({}); the server's terminal has more."

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Surprises:
    """Answers where what is behind it raises."""

    def __init__(self, app: App) -> None:
        """Take what may raise."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        has_begun = False

        async def noting(message: Any) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            if scope["type"] != "http":
                raise
            _log(scope, error)
            if has_begun:
                raise  # what was sent so far is cut off, so that nobody takes it for all
            await answer(500, SENTENCE.format(type(error).__name__))(scope, receive, send)


def _log(scope: Scope, error: Exception) -> None:
    """Tell the terminal, with a traceback where one is wanted."""
    wanted = error if os.environ.get("CLIPSEARCH_DEBUG") else None
    LOG.error("%s %s: %s: %s", scope["method"], scope["path"], type(error).__name__, error, exc_info=wanted)
