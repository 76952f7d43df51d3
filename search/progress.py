"""How far something that takes a while has come, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int], None]  # called with how many are done, of how many


def unwatched(done: int, total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What to call for each part of a labelling."""

    texts: Progress = unwatched  # texts of the classes that the model must embed
    judged: Progress = unwatched  # pictures
    stored: Progress = unwatched  # pictures


UNWATCHED = Watch()
