"""The names of places, made by another process when a picture with a place is shown for the first time.

Nobody waits for that but who searches for a place by its name.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Literal

from search.places.gazetteer import leave_making

if TYPE_CHECKING:
    from server.children.child import Child

LONGEST_SECONDS = 120.0  # for which someone waits
REQUEST = json.dumps({"work": "places"}).encode("ascii") + b"\n"

Progress = Literal["not begun", "coming", "over"]


class PlaceNames:
    """Has them made once, whichever thread asks first."""

    def __init__(self) -> None:
        """Begin nothing."""
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._child: Child | None = None

    @property
    def progress(self) -> Progress:
        """How far that is; answers without names are worth keeping as long as it stays the same."""
        if self._over.is_set():
            return "over"
        return "not begun" if self._child is None else "coming"

    def leave_to_this(self) -> None:
        """Let the calling thread never make them itself."""
        leave_making(self)

    def begin(self) -> None:
        """Have them made, the first time this is called."""
        from server.children.child import PROGRAM, Child

        with self._lock:
            if self._child is not None or self._over.is_set():
                return
            try:
                self._child = Child(
                    PROGRAM, told=lambda line: None, ended=lambda code: self._over.set(), request=REQUEST
                )
            except OSError:  # no process can be started: pictures go without names of places
                self._over.set()

    def wait(self) -> None:
        """Return when they are made, or could not be."""
        self._over.wait(LONGEST_SECONDS)

    def close(self) -> None:
        """Make them no more."""
        with self._lock:
            child, is_over = self._child, self._over.is_set()
            self._over.set()
        if child is not None and not is_over:
            child.close()
