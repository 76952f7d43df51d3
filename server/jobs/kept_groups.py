"""Groups of duplicates on the disk, in a file that is gone with the server: a large library has a hundred thousand."""

from __future__ import annotations

import json
import tempfile
import threading
from array import array
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Member:
    """A picture of a group."""

    image: int
    match: str  # what it is to the best
    bits: int  # of the perceptual hash that differ from the best's
    score: float  # the cosine to the best
    spare: bool  # whether it can go without a loss


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that are the same, the best first."""

    members: tuple[Member, ...]
    spare_bytes: int


class KeptGroups:
    """A file of groups, written once and read page by page."""

    def __init__(self) -> None:
        """Start without groups; raises OSError."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as this
        self._starts = array("Q")
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, record: dict[str, Any]) -> None:
        """Add a group as the child process tells it; raises OSError."""
        with self._lock:
            self._starts.append(self._file.seek(0, 2))
            self._file.write(json.dumps(record).encode("ascii") + b"\n")

    def read(self, first: int, count: int) -> list[Group]:
        """Return some groups in order."""
        with self._lock:
            if first >= len(self._starts):
                return []
            self._file.seek(self._starts[first])
            lines = [self._file.readline() for _ in range(min(count, len(self._starts) - first))]
        return [_group(json.loads(line)) for line in lines]

    def close(self) -> None:
        """Remove the file."""
        with self._lock:
            self._file.close()


def _group(record: dict[str, Any]) -> Group:
    return Group(tuple(Member(*member) for member in record["pictures"]), record["spare_bytes"])
