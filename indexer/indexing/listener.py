"""What an indexing run tells while it goes on, and to whom."""

from __future__ import annotations

from typing import Protocol

from indexer.files.found import Problem


class Listener(Protocol):
    """What a run tells while it goes on; the command line draws its progress bar from it."""

    def problem(self, problem: Problem) -> None:
        """Something was left out."""

    def loading(self) -> None:
        """There is work, so the model is being loaded."""

    def encoding(self, total: int) -> None:
        """Encoding starts; `total` pictures are new or changed."""

    def progress(self, done: int) -> None:
        """`done` more of them are stored or have failed."""

    def bottleneck(self, name: str) -> None:
        """What the run waits for now: "disk", "decode" or "encode"."""

    def stopping(self) -> bool:
        """Return whether to stop after this batch."""


class SilentListener:
    """Says nothing; what was left out is counted in the summary."""

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
