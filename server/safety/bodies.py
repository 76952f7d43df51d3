"""How large a request's body may be and how long it may take to come; who dribbles is cut off while it is read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException

from indexer.wording import too_large
from server.http_errors import answer
from server.safety.requests import Scope, header

JSON_BYTES = 2 << 20
UPLOAD_BYTES = 50 << 20
UPLOADS = "/api/v1/uploads"
SLOW = "The body took too long to come; send it again."

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for a body, in seconds."""

    piece: float = 10.0  # for the next piece of it
    json: float = 30.0  # for all of it
    upload: float = 300.0


PATIENCE = Patience()


class Bodies:
    """Hands bodies on piece by piece, as long as they are within their limits."""

    def __init__(self, app: App) -> None:
        """Take what reads them."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = scope["path"] == UPLOADS
        most = UPLOAD_BYTES if is_upload else JSON_BYTES
        length = header(scope, b"content-length") or "0"
        if not length.isdigit() or int(length[:20]) > most:
            await answer(413, _refusal(most), {"Connection": "close"})(scope, receive, send)
            return
        whole = PATIENCE.upload if is_upload else PATIENCE.json
        await self._app(scope, _Limited(receive, most, PATIENCE.piece, whole), send)


class _Limited:
    """Receives a body; raises HTTPException when it is too large or too slow."""

    def __init__(self, receive: Receive, most: int, piece: float, whole: float) -> None:
        self._receive = receive
        self._most = most
        self._piece = piece
        self._until = time.monotonic() + whole
        self._read = 0
        self._is_whole = False

    async def __call__(self) -> Any:
        if self._is_whole:  # what comes now is that the client is gone
            return await self._receive()
        left = min(self._piece, self._until - time.monotonic())
        try:
            message = await asyncio.wait_for(self._receive(), max(left, 0.001))
        except asyncio.TimeoutError:
            raise HTTPException(408, SLOW.rstrip("."), {"Connection": "close"}) from None
        self._read += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._read > self._most:
            raise HTTPException(413, _refusal(self._most).rstrip("."), {"Connection": "close"})
        return message


def _refusal(most: int) -> str:
    return f"The body is {too_large(most)}; send less at once."
