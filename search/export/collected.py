"""What was put into a folder: every file of it, or, where they are a hundred thousand, in numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from search.export.manifest import ManifestFile, manifest_file
from search.results import Hit

MOST_PROBLEMS = 100  # that a tally names


class Notes(Protocol):
    """Notes what becomes of each hit that is put into a folder."""

    @property
    def count(self) -> int:
        """How many were put there."""

    @property
    def files(self) -> Iterable[ManifestFile]:
        """What was put there, as the manifest has it."""

    def note_made(self, hit: Hit, path: Path, how: str) -> None:
        """Note that a hit has a new path, and how: copy, hard or symbolic."""

    def note_there(self, hit: Hit, path: Path) -> None:
        """Note that the folder held a hit already."""

    def note_problem(self, path: Path, reason: str) -> None:
        """Note an original that can't be read."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What was put into a folder."""

    folder: Path
    action: str  # its id, for undo
    made: list[tuple[Hit, Path, str]] = field(default_factory=list)  # with its new path, and how
    there: list[tuple[Hit, Path]] = field(default_factory=list)  # the folder held it already
    problems: list[tuple[Path, str]] = field(default_factory=list)  # an original that can't be read, and why

    @property
    def count(self) -> int:
        """How many were put there."""
        return len(self.made)

    @property
    def files(self) -> Iterable[ManifestFile]:
        """What was put there, as the manifest has it."""
        return (manifest_file(self.folder, *made) for made in self.made)

    def note_made(self, hit: Hit, path: Path, how: str) -> None:
        """Note that a hit has a new path, and how."""
        self.made.append((hit, path, how))

    def note_there(self, hit: Hit, path: Path) -> None:
        """Note that the folder held a hit already."""
        self.there.append((hit, path))

    def note_problem(self, path: Path, reason: str) -> None:
        """Note an original that can't be read."""
        self.problems.append((path, reason))


@dataclass(slots=True)
class Tally:
    """The same in numbers; of each file only what the manifest has of it is kept."""

    folder: Path
    action: str
    count: int = 0
    symbolic: int = 0  # links among these
    there: int = 0
    problems: int = 0
    first_problems: list[tuple[Path, str]] = field(default_factory=list)
    files: list[ManifestFile] = field(default_factory=list)

    def note_made(self, hit: Hit, path: Path, how: str) -> None:
        """Note that a hit has a new path, and how."""
        self.count += 1
        self.symbolic += how == "symbolic"
        self.files.append(manifest_file(self.folder, hit, path, how))

    def note_there(self, hit: Hit, path: Path) -> None:
        """Note that the folder held a hit already."""
        self.there += 1

    def note_problem(self, path: Path, reason: str) -> None:
        """Note an original that can't be read."""
        self.problems += 1
        if len(self.first_problems) < MOST_PROBLEMS:
            self.first_problems.append((path, reason))
