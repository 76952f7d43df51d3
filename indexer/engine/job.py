"""A file to be read, and how many cores there are to do it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from indexer.files.found import FoundFile
from indexer.store.roots import Root


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be decoded."""

    root: Root
    file: FoundFile

    @property
    def path(self) -> Path:
        """The absolute path."""
        return self.root.path / self.file.path


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
