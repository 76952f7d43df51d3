"""What every answer tells a browser: run only the page's own scripts, show it in no frame, guess at nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from server.safety.requests import Scope, is_api

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Headers:
    """Adds the headers to all answers, where a route does not say otherwise."""

    def __init__(self, app: App) -> None:
        """Take what answers."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        added = ALWAYS | {
            "content-security-policy": API_POLICY if scope["type"] == "http" and is_api(scope) else PAGE_POLICY,
            # Files of the page are asked for each time, and not sent if they are the same: an upgrade shows at once.
            "cache-control": "no-store" if scope["type"] == "http" and is_api(scope) else "no-cache",
        }

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message.get("headers", ())}
                more = [(name.encode(), value.encode()) for name, value in added.items() if name.encode() not in there]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        await self._app(scope, receive, with_headers)
