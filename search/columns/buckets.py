"""Runs of rows that have something in common: what a page shows beside a long list, to jump to."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray
from indexer.paths import readable
from search.columns.columns import Columns, Rows
from search.columns.months import ODD

BINS = 100  # of scores, from 0 to 1


@dataclass(frozen=True, slots=True)
class Bucket:
    """Rows that follow one another."""

    label: str
    first: int
    count: int

    @property
    def as_json(self) -> dict[str, Any]:
        """The same for JSON."""
        return {"label": self.label, "first": self.first, "count": self.count}


def by_month(columns: Columns, rows: Rows) -> list[Bucket]:
    """Return the runs of one month, "2021-07"; "" without a date. Rows of -1 are not in the columns."""
    names = [*("" if name == ODD else name for name in columns.months.names), ""]
    return _runs(_codes(columns.months.codes, rows, len(names) - 1), names.__getitem__, 0)


def by_folder(columns: Columns, rows: Rows) -> list[Bucket]:
    """Return the runs of one folder, "ROOT:relative/path"."""
    places = columns.tree.places

    def label(folder: int) -> str:
        return f"{places[folder][0]}:{readable(places[folder][1])}" if folder < len(places) else ""

    return _runs(_codes(columns.folders, rows, len(places)), label, 0)


def by_score(scores: FloatArray, first: int) -> list[Bucket]:
    """Return the runs of scores that have the same hundredth, "0.31", of rows from `first` on."""
    return _runs(np.floor(scores.astype(np.float64) * BINS + 1e-6).astype(np.int64), _hundredth, first)


def _hundredth(number: int) -> str:
    return f"{math.copysign(number / BINS, number):.2f}"


def _codes(codes: NDArray[Any], rows: Rows, missing: int) -> NDArray[np.int64]:
    """Return the codes of rows (n,), of those that are -1 the one for what is missing."""
    if not len(codes):
        return np.full(len(rows), missing, dtype=np.int64)
    return np.where(rows >= 0, codes[rows], missing).astype(np.int64)


def _runs(codes: NDArray[np.int64], label: Callable[[int], str], first: int) -> list[Bucket]:
    """Return the runs of equal codes."""
    if not len(codes):
        return []
    starts = np.concatenate([[0], np.flatnonzero(np.diff(codes)) + 1])
    lengths = np.diff(np.concatenate([starts, [len(codes)]])).tolist()
    found = zip(codes[starts].tolist(), starts.tolist(), lengths, strict=True)
    runs = [Bucket(label(code), first + start, length) for code, start, length in found]
    return _merged(runs)


def _merged(runs: list[Bucket]) -> list[Bucket]:
    """Return runs of which those that follow one another have different labels."""
    merged: list[Bucket] = []
    for run in runs:
        if merged and merged[-1].label == run.label:
            merged[-1] = Bucket(run.label, merged[-1].first, merged[-1].count + run.count)
        else:
            merged.append(run)
    return merged
