"""What one folder needs: its scan compared with what the library knows, and which pictures are surely gone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.pictures import KnownImage
from indexer.roots import Root, holds_something
from indexer.scan import FoundFile, is_passed_over


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for one root or a folder in it."""

    root: Root
    below: str
    files: list[FoundFile]
    known: dict[str, KnownImage]

    def stale(self) -> list[FoundFile]:
        """Return the files that are new, have changed, or have no embedding by this model."""
        return [file for file in self.files if self._is_stale(file)]

    def _is_stale(self, file: FoundFile) -> bool:
        image = self.known.get(file.path)
        return image is None or not image.embedded or (image.size, image.mtime_ns) != (file.size, file.mtime_ns)

    def gone(self, unread: Sequence[str]) -> dict[str, int]:
        """Return the known pictures that the scan did not find, as path -> id.

        Not those that it could not find: below what was unread, or in a folder that scans pass over.
        """
        present = {file.path for file in self.files}
        return {
            path: image.id
            for path, image in self.known.items()
            if path not in present and not self._is_out_of_view(path, unread)
        }

    def _is_out_of_view(self, path: str, unread: Sequence[str]) -> bool:
        """Return whether a scan could not see a path."""
        if any(not part or path == part or path.startswith(part + "/") for part in unread):
            return True
        return any(is_passed_over(part) for part in path.removeprefix(self.below).split("/") if part)

    def empty_folders(self, gone: dict[str, int]) -> dict[Path, list[str]]:
        """Return the folders that are now empty, as that of an unmounted drive is, with the paths gone from them.

        If the scan found nothing at all, that is the folder it was about.
        """
        if not self.files:
            return {self.root.path / self.below: list(gone)} if gone else {}
        by_place: dict[Path, list[str]] = {}
        for path in gone:
            by_place.setdefault(self._nearest_folder(path), []).append(path)
        return {place: paths for place, paths in by_place.items() if not holds_something(place)}

    def _nearest_folder(self, path: str) -> Path:
        """Return the innermost folder of a path that still exists."""
        place = (self.root.path / path).parent
        while not os.path.isdir(place):
            place = place.parent
        return place
