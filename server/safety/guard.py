"""The door: each request is looked at before anything else sees it, those for the page's files too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from server.http_errors import answer
from server.safety.hosts import is_known_host
from server.safety.origins import may_come_from_there
from server.safety.policy import Policy
from server.safety.read_only import only_reads
from server.safety.requests import Scope, header, is_api, is_mcp, is_navigation, is_safe
from server.safety.tokens import address_without_token, cookie_of, has_token

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

METHODS = frozenset(("GET", "HEAD", "POST", "PATCH", "DELETE"))
BODIES = ("application/json", "application/octet-stream")
WRONG_TOKEN_SECONDS = 0.5  # that whoever guesses waits
FOREIGN_HOST = "This server does not go by that name; open the address that clipsearch serve has printed."
FOREIGN_PAGE = "Another page asked for this, which it may not; open the server's own page."
WITHOUT_TOKEN = "Open the whole address that clipsearch serve has printed: it ends with the token."  # noqa: S105
WITHOUT_BEARER = "Send the token that clipsearch serve has printed with each request, as Authorization: Bearer TOKEN."
READ_ONLY = "Nothing can be changed here: the server was started with --read-only."
TOO_LONG = "The head of the request is too large; ask for less at once."
HEAD_BYTES = 16 << 10  # of a request's headers, and its address besides
AGAIN = '<!doctype html><meta http-equiv="refresh" content="0"><title>clipsearch</title>'


class Guard:
    """Lets through what may be asked, and answers the rest itself."""

    def __init__(self, app: App, policy: Policy) -> None:
        """Take what is behind the door."""
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refused = await self._refused(scope) if scope["type"] == "http" else None
        if refused is not None:
            await refused(scope, receive, send)
        elif scope["type"] != "websocket":
            await self._app(scope, receive, send)

    async def _refused(self, scope: Scope) -> Response | None:
        """Return what is answered instead; None for what may pass."""
        if _is_long(scope):
            return _told(scope, 431, TOO_LONG)
        if not is_known_host(scope, self._policy):
            return _told(scope, 403, FOREIGN_HOST)
        if scope["method"] not in METHODS:
            return _told(scope, 405, "There is no such method here.")
        if not may_come_from_there(scope):
            return _told(scope, 403, FOREIGN_PAGE)
        if (address := address_without_token(scope, self._policy)) is not None:
            return RedirectResponse(address, 303, {"Set-Cookie": cookie_of(self._policy)})
        if not has_token(scope, self._policy):
            return await _without_token(scope)
        if self._policy.read_only and not only_reads(scope):
            return _told(scope, 403, READ_ONLY)
        if not is_safe(scope) and _has_body(scope) and _kind(scope) not in BODIES:
            return _told(scope, 415, "The body has to be JSON, with the header Content-Type: application/json.")
        return None


async def _without_token(scope: Scope) -> Response:
    """Answer whoever has no token; a browser that follows a link from elsewhere keeps its cookie back once."""
    if is_navigation(scope) and header(scope, b"sec-fetch-site") in ("cross-site", "same-site"):
        return HTMLResponse(AGAIN)
    await asyncio.sleep(WRONG_TOKEN_SECONDS)
    return _told(scope, 401, WITHOUT_BEARER if is_mcp(scope) else WITHOUT_TOKEN)


def _told(scope: Scope, status: int, sentence: str) -> Response:
    return answer(status, sentence) if is_api(scope) else PlainTextResponse(sentence, status)


def _is_long(scope: Scope) -> bool:
    """Return whether a head that came in one piece is longer than one that comes in pieces may be."""
    return sum(len(name) + len(value) for name, value in scope["headers"]) > HEAD_BYTES


def _has_body(scope: Scope) -> bool:
    length = header(scope, b"content-length")
    return header(scope, b"transfer-encoding") is not None or (length is not None and length.strip() != "0")


def _kind(scope: Scope) -> str:
    return (header(scope, b"content-type") or "").partition(";")[0].strip().lower()
