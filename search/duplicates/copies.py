"""What files with the same bytes are to one another: copies, hard links, or one file that two paths lead to.

One file by two paths comes of a second mount, of a root within another, and of links. It is no duplicate of itself:
who moves the one path away has moved the only file. A hard link is a name of its own, but removing it wins no room.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from search.duplicates.ranking import Details, same_file

CopyRelation = Literal["identical", "hard link", "same file"]


@dataclass(frozen=True, slots=True)
class Copy:
    """A file with the same bytes as a better one."""

    image: int
    relation: CopyRelation

    def is_listed(self, hard_links: bool) -> bool:
        """Return whether it is shown to people, who may ask for hard links."""
        return self.relation == "identical" or (hard_links and self.relation == "hard link")


def copies_of(files: Sequence[Details]) -> tuple[int, list[Copy]] | None:
    """Return the id of the first of files with the same bytes, best first, and the others; None if it has none.

    Files that are gone or have changed are left out.
    """
    current = [(file, status) for file in files if (status := file.status())]
    if len(current) < 2:
        return None
    relations = [_relation(*file, current[:rank]) for rank, file in enumerate(current)]
    others = zip(current[1:], relations[1:], strict=True)
    return current[0][0].image, [Copy(file.image, relation) for (file, _), relation in others]


def _relation(file: Details, status: os.stat_result, better: Sequence[tuple[Details, os.stat_result]]) -> CopyRelation:
    """Return what a file is to the better ones with the same bytes."""
    same = [other for other, known in better if same_file(status, known)]
    if not same:
        return "identical"
    alone = status.st_nlink < 2  # then two paths are no two names
    return "same file" if alone or any(_same_path(file, other) for other in same) else "hard link"


def _same_path(file: Details, other: Details) -> bool:
    """Return whether two paths are the same once links are followed, or one entry of a folder that has two paths."""
    if os.path.realpath(file.path) == os.path.realpath(other.path):
        return True
    return file.path.name == other.path.name and _same_folder(file.path.parent, other.path.parent)


def _same_folder(first: Path, second: Path) -> bool:
    """Return whether two paths lead to one folder, by a bind mount."""
    try:
        return same_file(first.stat(), second.stat())
    except OSError:
        return False
