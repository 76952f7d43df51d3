"""The folders of a library as a tree: each root, and below it every folder that holds pictures or others that do.

They are numbered so that what is below a folder follows it: counts of pictures by folder become those of whole subtrees
by one sum along the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.columns.natural_keys import name_key

Numbers = NDArray[np.int64]
Place = tuple[int, str]  # root, and the path relative to it, with "/"; "" is the root itself


@dataclass(frozen=True, slots=True)
class FolderTree:
    """Folders by number: a root before its folders, in natural order, each before what is below it."""

    places: tuple[Place, ...]
    ends: Numbers  # the number after the last folder below each (n,)

    @classmethod
    def of(cls, places: Iterable[Place]) -> FolderTree:
        """Return the tree of some folders and all that they are in."""
        every = {(root, path) for root, below in places for path in _with_parents(below)}
        ordered = sorted(every, key=lambda place: (place[0], [(name_key(part), part) for part in _parts(place[1])]))
        return cls(tuple(ordered), _ends(ordered))

    def __len__(self) -> int:
        return len(self.places)

    @property
    def numbers(self) -> Mapping[Place, int]:
        """The number of each folder."""
        return {place: number for number, place in enumerate(self.places)}

    def number(self, place: Place) -> int | None:
        """Return the number of a folder, or None."""
        try:
            return self.places.index(place)
        except ValueError:
            return None

    def children(self, parent: int | None) -> list[int]:
        """Return the folders right below one, or the roots, in natural order."""
        number, end = (0, len(self)) if parent is None else (parent + 1, int(self.ends[parent]))
        found = []
        while number < end:
            found.append(number)
            number = int(self.ends[number])
        return found

    def subtree_counts(self, counts: Numbers) -> Numbers:
        """Return how many pictures (n,) are in and below each folder, from how many are right in it (n,)."""
        sums = np.concatenate([[0], np.cumsum(counts)])
        return np.asarray(sums[self.ends] - sums[:-1], dtype=np.int64)


def _parts(path: str) -> list[str]:
    """Return the names in a relative path."""
    return path.split("/") if path else []


def _with_parents(path: str) -> list[str]:
    """Return a relative path and all that it is in, up to the root itself."""
    parts = _parts(path)
    return ["/".join(parts[:depth]) for depth in range(len(parts) + 1)]


def _ends(ordered: list[Place]) -> Numbers:
    """Return where the subtree of each folder ends, of folders that follow the one they are in."""
    ends = np.full(len(ordered), len(ordered), dtype=np.int64)
    around: list[int] = []  # the folders that the last one is in, and itself
    for number, (root, path) in enumerate(ordered):
        while around and not _holds(ordered[around[-1]], root, path):
            ends[around.pop()] = number
        around.append(number)
    return ends


def _holds(place: Place, root: int, path: str) -> bool:
    """Return whether a folder is around another one."""
    return place[0] == root and (not place[1] or path.startswith(place[1] + "/"))
