"""What an indexing run reports while it goes on, and to whom."""

from __future__ import annotations

from typing import Protocol

from indexer.files.found import Problem


class Listener(Protocol):
    """Gets what a run reports while it goes on; the command line draws its progress bar from it."""

    def problem(self, problem: Problem) -> None:
        """Something was left out."""

    def loading(self) -> None:
        """There is work, so the model is being loaded."""

    def encoding(self, total: int) -> None:
        """Encoding starts; `total` files are new or changed."""

    def progress(self, done: int) -> None:
        """`done` more of them are stored or have failed."""

    def bottleneck(self, name: str) -> None:
        """The run now waits for this: "disk", "decode" or "encode"."""

    def stopping(self) -> bool:
        """Return whether to stop after this batch."""


class SilentListener:
    """Does nothing, since what was left out is counted in the summary; a base for listeners that do something."""

    def problem(self, problem: Problem) -> None:
        """Ignore it."""

    def loading(self) -> None:
        """Ignore it."""

    def encoding(self, total: int) -> None:
        """Ignore it."""

    def progress(self, done: int) -> None:
        """Ignore it."""

    def bottleneck(self, name: str) -> None:
        """Ignore it."""

    def stopping(self) -> bool:
        """Never stop early."""
        return False
