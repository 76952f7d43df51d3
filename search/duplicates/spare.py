"""Which files of a group can go without a loss: moving them away must win room and keep the picture.

A file with several names goes with all of them or not at all: moving one name wins nothing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from search.duplicates.ranking import same_file
from search.results import Hit

TELLING = ("taken_at", "latitude")  # what a file may know of its shot


class Member(Protocol):
    """A picture of a group, as groups.Duplicate."""

    @property
    def hit(self) -> Hit:
        """The file."""

    @property
    def match(self) -> str:
        """What it is to the best."""

    @property
    def identical(self) -> bool:
        """Whether it is a copy, byte for byte."""


AnyMember = TypeVar("AnyMember", bound=Member)


def spare_of(pictures: Sequence[AnyMember]) -> tuple[AnyMember, ...]:
    """Return those of a group, the best first and all names of hard links among them, that can go.

    That is identical files, and the same picture re-encoded or scaled down; not one that knows when or where it was
    taken if the best does not.
    """
    if not any(_is_worse(picture, pictures[0]) for picture in pictures[1:]):
        return ()
    names = _names([picture.hit.path for picture in pictures])
    going = {
        rank
        for rank, picture in enumerate(pictures)
        if _is_worse(picture, pictures[0]) and (same := names[rank]) and not same & names[0]
    }
    going |= {other for rank in tuple(going) for other in names[rank]}
    return tuple(picture for rank, picture in enumerate(pictures) if rank in going)


def _is_worse(picture: Member, best: Member) -> bool:
    """Return whether a picture is as good as the best, or as another of the group."""
    knows_more = any(getattr(picture.hit, name) is not None and getattr(best.hit, name) is None for name in TELLING)
    return picture.identical or (picture.match == "same" and not knows_more)


def _names(paths: Sequence[Path]) -> list[set[int]]:
    """Return for each path the ranks of all names of its file; none if it is gone or has names elsewhere."""
    statuses = [_status(path) for path in paths]
    names: list[set[int]] = []
    for rank, status in enumerate(statuses):
        same = {other for other, known in enumerate(statuses) if status and known and same_file(status, known)} | {rank}
        names.append(same if status and len(same) >= status.st_nlink else set())
    return names


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
