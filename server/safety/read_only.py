"""What may be asked of a server that changes nothing: all but what is not named here is refused."""

from __future__ import annotations

from server.safety.requests import Scope, is_safe

READING = frozenset(  # requests with a body that only read
    f"/api/v1/{name}"
    for name in (
        "search",
        "wider",
        "layout",
        "images",
        "facets",
        "map",
        "plane",
        "uploads",
        "paths",
        "duplicates",
        "duplicates/stop",
    )
)


def only_reads(scope: Scope) -> bool:
    """Return whether a request changes nothing."""
    return is_safe(scope) or (scope["method"] == "POST" and scope["path"] in READING)
