"""What an indexing run reports while it goes on, and to whom."""

from __future__ import annotations

from typing import Protocol

from indexer.download.reporting import Download
from indexer.errors import InvalidRequest
from indexer.files.found import Problem


class Listener(Protocol):
    """Gets what a run reports while it goes on; a subclass overrides what it wants to know, the rest does nothing."""

    def problem(self, problem: Problem) -> None:
        """Something was left out."""
        return

    def loading(self) -> None:
        """There is work, so the model is being loaded."""
        return

    def download(self, download: Download) -> None:
        """The model's weights are being downloaded; some times a second."""
        return

    def encoding(self, total: int | None) -> None:
        """Encoding starts; `total` files are new or changed, None if that is not known yet."""
        return

    def thumbnails(self, total: int) -> None:
        """Thumbnails of known pictures are being made; `total` files have none."""
        return

    def progress(self, done: int) -> None:
        """`done` more of them are stored or have failed."""
        return

    def bottleneck(self, name: str) -> None:
        """The run now waits for this: "disk", "decode" or "encode"."""
        return

    def stopping(self) -> bool:
        """Return whether to stop after this batch."""
        return False


LATER = {"download", "thumbnails"}  # events that listeners written before them do not have


class SilentListener(Listener):
    """Does nothing; what was left out is counted in the summary."""


def check_listener(listener: object) -> None:
    """Raise InvalidRequest for what is neither None nor a listener."""
    events = [name for name in vars(Listener) if not name.startswith("_") and name not in LATER]
    missing = [name for name in events if not callable(getattr(listener, name, None))]
    if listener is not None and missing:
        raise InvalidRequest(f"A listener has the method {missing[0]}; make it a subclass of Listener.")
