"""Counts over some pictures, from the columns: by folder, date, camera, type, and whether date and place are known.

Each takes a few milliseconds for a million. What is counted by name has the very names that the filters take.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indexer.paths import readable
from search.filters.file_types import FORMATS

if TYPE_CHECKING:
    from search.columns.columns import Columns, Mask
    from search.filters.subtrees import Subtree

KINDS = ("raw", "video")  # names of several types, which have no count of their own

Counts = dict[str, int]  # the most first


@dataclass(frozen=True, slots=True)
class FolderCount:
    """How many of the pictures are in and below a folder."""

    id: str  # "ROOT:relative/path", as filters take it
    name: str
    count: int
    has_more: bool  # whether folders in it have some of them


@dataclass(frozen=True, slots=True)
class YearCount:
    """How many of the pictures are of a year, and of its months."""

    year: int
    count: int
    months: Counts  # "2021-07", the latest first; without those of which only the year is known


@dataclass(frozen=True, slots=True)
class YesAndNo:
    """How many of the pictures have something, and how many have not."""

    yes: int
    no: int


def count_folders(columns: Columns, mask: Mask | None, below: Subtree | None) -> list[FolderCount]:
    """Return the folders right below one that hold some of the pictures, or the roots, in natural order."""
    tree = columns.tree
    parent = None if below is None else tree.number((below.root, below.path))
    if below is not None and parent is None:
        return []
    folders = columns.folders if mask is None else columns.folders[mask]
    counts = tree.subtree_counts(np.bincount(folders, minlength=len(tree)))
    found = []
    for number in tree.children(parent):
        if counts[number]:
            root, path = tree.places[number]
            has_more = any(counts[child] for child in tree.children(number))
            found.append(FolderCount(f"{root}:{readable(path)}", _name(columns, number), int(counts[number]), has_more))
    return found


def _name(columns: Columns, number: int) -> str:
    """Return the name of a folder; a root has its folder's, or the whole path where another one is called so."""
    root, path = columns.tree.places[number]
    if path:
        return readable(path.rpartition("/")[2])
    names = {one: _last(whole) for one, whole in columns.root_names.items()}
    is_taken = sum(name == names[root] for name in names.values()) > 1
    return columns.root_names[root] if is_taken else names[root]


def _last(path: str) -> str:
    """Return the last name in an absolute path, or the path if it has none."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path


def count_years(columns: Columns, mask: Mask | None) -> list[YearCount]:
    """Return the years of the pictures, the latest first."""
    counts = columns.months.counts(mask).tolist()
    years: dict[int, YearCount] = {}
    for name, count in sorted(zip(columns.months.names, counts, strict=True), reverse=True):
        if not count or not name[:4].isdigit():
            continue
        before = years.get(int(name[:4]), YearCount(int(name[:4]), 0, {}))
        months = before.months | ({name: count} if len(name) > 4 else {})
        years[before.year] = YearCount(before.year, before.count + count, months)
    return list(years.values())


def count_cameras(columns: Columns, mask: Mask | None) -> Counts:
    """Return how many of the pictures each camera took."""
    return _most_first(zip_counts(columns.cameras.names, columns.cameras.counts(mask)))


def count_types(columns: Columns, mask: Mask | None) -> Counts:
    """Return how many of the pictures are of each type, by the name that means it."""
    counts: Counts = {}
    for form, count in zip_counts(columns.formats.names, columns.formats.counts(mask)).items():
        name = next((name for name, formats in FORMATS.items() if form in formats and name not in KINDS), form.lower())
        counts[name] = counts.get(name, 0) + count
    return _most_first(counts)


def count_known(known: Mask, mask: Mask | None) -> YesAndNo:
    """Return how many of the pictures are among the known ones (n,)."""
    among = known if mask is None else known[mask]
    yes = int(np.count_nonzero(among))
    return YesAndNo(yes, len(among) - yes)


def zip_counts(names: tuple[str, ...], counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Counts:
    """Return the names that have a count, with it."""
    return {name: count for name, count in zip(names, counts.tolist(), strict=True) if name and count}


def _most_first(counts: Counts) -> Counts:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
