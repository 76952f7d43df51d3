"""What may be asked of a server that changes nothing: all but what is not named here is refused."""

from __future__ import annotations

import re

from server.safety.requests import Scope, is_mcp, is_safe

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
DRY_RUNS = re.compile(r"/api/v1/label-sets/[0-9]+/(learn|export)")  # which write nothing unless told to; the route asks


def only_reads(scope: Scope) -> bool:
    """Return whether a request changes nothing."""
    path = scope["path"]
    if is_mcp(scope):  # assistants have no tool then that changes anything, and end their sessions by DELETE
        return True
    return is_safe(scope) or (scope["method"] == "POST" and (path in READING or bool(DRY_RUNS.fullmatch(path))))
