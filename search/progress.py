"""Progress: callbacks that get how many are done, of how many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int], None]


def unwatched(done: int, total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A callback for each step of labeling."""

    texts: Progress = unwatched  # of the classes; called only if the model must embed some
    judged: Progress = unwatched  # pictures
    stored: Progress = unwatched


UNWATCHED = Watch()
