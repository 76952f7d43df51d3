"""Making the names of places, as a child process does it: the server answers without them until they are there."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from search.places.gazetteer import gazetteer_if_any
from server.children.told import Told

POLITE = 10  # how much others come first


def make(request: dict[str, Any], told: Told) -> dict[str, Any]:
    """Make the files with the names of places, if they can be kept, and return whether they are there."""
    told.interrupt_at_eof()
    if hasattr(os, "nice"):
        os.nice(POLITE)
    with contextlib.suppress(KeyboardInterrupt):  # the server ends: half a gazetteer goes with this process
        return {"made": gazetteer_if_any() is not None}
    return {"made": False}
