"""The order of pictures by path: natural, as search/query/sorting.py has it, for a million in some seconds.

A key for every path would take a few hundred megabytes. So the folders are walked, and the names in one folder at a
time are sorted; what is below a folder stands among the files beside it by that folder's own name.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.columns.folder_tree import Numbers, Place
from search.columns.natural_keys import NAME_ENDS, name_key

Rows = NDArray[np.int64]


class Names:
    """The names of files, a few bytes each: a million Python texts would take a hundred megabytes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._ends: list[Rows] = []
        self._length = 0
        self._joined: tuple[bytes, Rows] | None = None

    def add(self, names: Sequence[str]) -> None:
        """Add the names of the next rows."""
        text, lengths = "".join(names), [*map(len, names)]
        if text.isascii():
            joined = text.encode("ascii")
        else:
            encoded = [*map(os.fsencode, names)]
            joined, lengths = b"".join(encoded), [*map(len, encoded)]
        ends = self._length + np.cumsum(np.array(lengths, dtype=np.int64))
        self._parts.append(joined)
        self._ends.append(ends)
        self._length = int(ends[-1]) if len(ends) else self._length
        self._joined = None

    def of(self, row: int) -> str:
        """Return the name of the file of a row."""
        if self._joined is None:
            self._joined = b"".join(self._parts), np.concatenate([np.zeros(1, np.int64), *self._ends])
        blob, ends = self._joined
        return os.fsdecode(blob[ends[row] : ends[row + 1]])


@dataclass(slots=True)
class _Node:
    """Folders that sort as one: their paths are the same but for case and zeros."""

    folders: list[int] = field(default_factory=list)
    below: dict[str, _Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Located:
    """Where pictures are: what their order by path follows from."""

    roots: Mapping[int, Path]
    places: Sequence[Place]  # by the number of a folder
    folders: Numbers  # of each row (n,)
    names: Names  # of each row
    moments: Rows  # milliseconds from a video's start, of each row (n,)


def rows_by_path(located: Located, rows: Rows) -> Rows:
    """Return some of the rows, ascending (m,), in the order of their paths; a video's moments follow one another."""
    if not len(rows):
        return rows
    by_folder = rows[np.argsort(located.folders[rows], kind="stable")]
    folders, starts = np.unique(located.folders[by_folder], return_index=True)
    parts = dict(zip(folders.tolist(), np.split(by_folder, starts[1:]), strict=True))
    walked = list(_walk(located, _tree(located, folders.tolist()), parts))
    return np.concatenate(walked)


def _tree(located: Located, folders: Sequence[int]) -> _Node:
    """Return the tree of some folders from the top of the disk on."""
    top = _Node()
    for folder in folders:
        root, path = located.places[folder]
        node = top
        for part in (located.roots[root] / path).parts:
            node = node.below.setdefault(name_key(part) + NAME_ENDS, _Node())
        node.folders.append(folder)
    return top


def _walk(located: Located, top: _Node, parts: Mapping[int, Rows]) -> Iterator[Rows]:
    """Yield rows in order: the files of a folder, and between them what is below it."""
    stack: list[Iterator[Rows | _Node]] = [iter([top])]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
        elif isinstance(item, _Node):
            stack.append(_entries(located, item, parts))
        elif len(item):
            yield item


def _entries(located: Located, node: _Node, parts: Mapping[int, Rows]) -> Iterator[Rows | _Node]:
    """Yield what is in a folder, in order: rows of its files, and folders."""
    rows = [row for folder in node.folders for row in parts[folder].tolist()]
    keyed = sorted((name_key(located.names.of(row)) + NAME_ENDS, row) for row in rows)
    keys = [key for key, _ in keyed]
    ordered = np.array(_settled(located, keyed), dtype=np.int64)
    done = 0
    for key in sorted(node.below):
        until = bisect_right(keys, key)
        yield ordered[done:until]
        yield node.below[key]
        done = until
    yield ordered[done:]


def _settled(located: Located, keyed: list[tuple[str, int]]) -> list[int]:
    """Return the rows of sorted keys; those of the same key by the very letters of their paths, and by moment."""
    rows = [row for _, row in keyed]
    first = 0
    for number in range(1, len(keyed) + 1):
        if number == len(keyed) or keyed[number][0] != keyed[first][0]:
            if number - first > 1:
                rows[first:number] = sorted(rows[first:number], key=lambda row: _letters(located, row))
            first = number
    return rows


def _letters(located: Located, row: int) -> tuple[str, int]:
    """Return what decides between pictures whose paths sort alike."""
    root, folder = located.places[int(located.folders[row])]
    return str(located.roots[root] / folder / located.names.of(row)), int(located.moments[row])
