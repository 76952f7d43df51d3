"""What a request says of itself, as the checks need it."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))  # methods that change nothing
API = "/api/"
MCP = "/mcp"  # where assistants ask


def header(scope: Scope, name: bytes) -> str | None:
    """Return a header, None without it; one that is there twice is as good as none of both."""
    values = [value for key, value in _headers(scope) if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else ("\0" if values else None)


def cookies(scope: Scope, name: str) -> list[str]:
    """Return the values of a cookie."""
    found = []
    for key, value in _headers(scope):
        pairs = value.decode("latin-1").split(";") if key == b"cookie" else []
        found += [pair.partition("=")[2] for pair in map(str.strip, pairs) if pair.partition("=")[0] == name]
    return found


def is_api(scope: Scope) -> bool:
    """Return whether a program is to read the answer."""
    return str(scope["path"]).startswith(API) or is_mcp(scope)


def is_mcp(scope: Scope) -> bool:
    """Return whether an assistant asks."""
    return bool(scope["path"] == MCP)


def is_safe(scope: Scope) -> bool:
    """Return whether a request's method changes nothing."""
    return scope["method"] in SAFE


def is_navigation(scope: Scope) -> bool:
    """Return whether a person opens an address in a window of a browser, rather than a page that asks for a part."""
    return header(scope, b"sec-fetch-mode") == "navigate" and header(scope, b"sec-fetch-dest") == "document"


def _headers(scope: Scope) -> Iterable[tuple[bytes, bytes]]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return headers
