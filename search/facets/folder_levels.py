"""Counts of folders some levels deep at once, for who reads a list instead of opening a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indexer.paths import readable

if TYPE_CHECKING:
    from search.columns.columns import Columns


def count_levels(columns: Columns, levels: int, most: int) -> tuple[list[tuple[str, int]], int]:
    """Return the roots and the folders at most so many levels below them, as filters take them, with their pictures.

    Each counts what is in and below it, and comes before the folders in it. Of more than `most` these are the largest;
    the second result says how many are left out.
    """
    tree = columns.tree
    counts = tree.subtree_counts(np.bincount(columns.folders, minlength=len(tree))).tolist()
    near = [number for number, (_, path) in enumerate(tree.places) if counts[number] and _depth(path) <= levels]
    largest = sorted(near, key=lambda number: (-counts[number], number))[:most]
    found = [
        (f"{tree.places[number][0]}:{readable(tree.places[number][1])}", counts[number]) for number in sorted(largest)
    ]
    return found, len(near) - len(found)


def _depth(path: str) -> int:
    """Return how many levels below its root a folder is."""
    return path.count("/") + 1 if path else 0
