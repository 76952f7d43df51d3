"""The symbolic links that one scan meets: where they lead, and whether the scan finds that anyway.

A link is followed only to what the walk does not meet at its real path, so nothing is found twice and no loop can
trap the walk. Lists no folder and decides nothing about other entries: that is scan.py.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from indexer.files.ignore import Ignore, ScanRules, is_out_of_view
from indexer.paths import inside


class Target(NamedTuple):
    """Where a working link leads."""

    path: str  # the real one
    is_folder: bool


class Links:
    """The links met so far, and the folders and pictures found so far by device and inode."""

    def __init__(
        self,
        root: str,
        below: str,
        rules: ScanRules,
        is_picture_name: Callable[[str], bool],
        problem: Callable[[str, str], None],
    ) -> None:
        self.root = root
        self.base = os.path.join(root, "")
        self.below = below
        self.rules = rules
        self.is_picture_name = is_picture_name
        self.problem = problem
        self.folders: list[tuple[str, Ignore]] = []  # links to be walked, the next one first
        self._pictures: list[tuple[str, str]] = []  # with their targets
        self._walked: set[tuple[int, int]] = set()  # folders
        self._linked: set[tuple[int, int]] = set()  # pictures behind links

    def target_of(self, path: str) -> Target | None:
        """Return where a link leads, None if to no folder or picture; report loops and broken links to pictures."""
        absolute = self.base + path
        try:
            target = os.path.realpath(absolute, strict=True)
        except OSError as error:
            circular = error.errno == errno.ELOOP
            if circular or self.is_picture_name(path):
                self.problem(path, "a symbolic link loop" if circular else "a broken symbolic link")
            return None
        if not os.path.isdir(target):
            return Target(target, False) if self.is_picture_name(path) else None
        if Path(os.path.realpath(os.path.dirname(absolute))).is_relative_to(target):
            self.problem(path, "a symbolic link loop")
            return None
        return Target(target, True)

    def follow(self, path: str, target: Target, ignore: Ignore) -> None:
        """Note a link for later, unless the scan meets its target anyway."""
        met_anyway = (target.is_folder or self.is_picture_name(target.path)) and self._is_met_anyway(target.path)
        if target.is_folder and not met_anyway:
            self.folders.append((path, ignore))
        elif not met_anyway:
            self._pictures.append((path, target.path))

    def is_new(self, folder: str) -> bool:
        """Return whether this scan meets a folder for the first time, and remember it."""
        try:
            status = Path(self.base + folder).stat()
        except OSError:
            return True  # the walk will report it
        key = (status.st_dev, status.st_ino)
        new = key not in self._walked
        self._walked.add(key)
        return new

    def pictures(self) -> Iterator[tuple[str, os.stat_result | OSError]]:
        """Yield the pictures behind links that were met neither in their own folder nor through another link."""
        for path, target in self._pictures:
            try:
                status, holder = Path(target).stat(), Path(target).parent.stat()
            except OSError as error:
                yield path, error
                continue
            if self._is_new_picture(os.path.basename(target), status, holder):
                yield path, status

    def _is_new_picture(self, name: str, status: os.stat_result, holder: os.stat_result) -> bool:
        """Return whether the scan has not met the file of this name in the folder `holder` yet, and remember it."""
        key = (status.st_dev, status.st_ino)
        in_walked = (holder.st_dev, holder.st_ino) in self._walked and not is_out_of_view(name, "", self.rules)
        if key in self._linked or (in_walked and self.is_picture_name(name)):
            return False
        self._linked.add(key)
        return True

    def _is_met_anyway(self, target: str) -> bool:
        """Return whether a real path is inside the root, where scans find it or leave it out on purpose."""
        inner = inside(target, os.path.realpath(self.root))
        return inner is not None and not is_out_of_view(inner, self.below, self.rules)
