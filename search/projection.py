"""Which pairs of a library's embeddings may be near: none that is near is missed, and n x n is never in memory.

Each embedding is reduced to its coordinates along the library's first principal axes and the length of what is
left over. The distance between two such points is at most that of the embeddings themselves, so pairs that are too far
apart here need not be looked at. That is several times less to multiply and to hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from indexer.encoder import FloatArray
    from search.faiss_index import FaissIndex, Ids

    Rows = NDArray[np.int64]

AXES = 62
SLACK = 0.004  # of the cosine: vectors kept in 16 bits are not quite of unit length
ROWS = 8192  # embeddings read at once
TILE = 4096  # points compared with at once


class Points:
    """The reduced embeddings of some pictures, in the order of their ids as given."""

    def __init__(self, index: FaissIndex, ids: Ids) -> None:
        """Read the index twice, block by block; an id that is not in it is near to none."""
        order = np.argsort(ids)
        mean, axes = principal_axes(index)
        # Two last columns, so that one product gives the distance: -|a - b|^2 / 2 = a.b - |a|^2 / 2 - |b|^2 / 2
        self._points = np.zeros((len(ids), axes.shape[1] + 3), dtype=np.float32)
        self._points[:, -2:] = -4.0, 1.0  # far from all
        for some, vectors in index.blocks(ROWS):
            places = np.searchsorted(ids, some, sorter=order)
            known = places < len(ids)
            known[known] = ids[order[places[known]]] == some[known]
            self._points[order[places[known]]] = _reduced(vectors[known] - mean, axes)

    def near(self, rows: Rows, others: Rows, cosine: float) -> Iterator[tuple[Rows, Rows]]:
        """Yield (rows (m,), others (m,)) of the pairs whose cosine may reach `cosine`, tile by tile of the others."""
        least = cosine - 1.0 - SLACK
        asking = self._points[rows]
        asking[:, [-2, -1]] = asking[:, [-1, -2]]
        for start in range(0, len(others), TILE):
            tile = others[start : start + TILE]
            one, other = np.nonzero(asking @ self._points[tile].T >= least)
            yield rows[one], tile[other]


def _reduced(centred: FloatArray, axes: FloatArray) -> FloatArray:
    """Return points (n, axes + 3): coordinates, the length left over, -|a|^2 / 2, and 1."""
    along = centred @ axes
    squared = np.square(centred).sum(axis=1)
    rest = np.sqrt(np.maximum(0.0, squared - np.square(along).sum(axis=1)))
    return np.column_stack([along, rest, -squared / 2, np.ones(len(along))]).astype(np.float32)


def principal_axes(index: FaissIndex, count: int = AXES) -> tuple[FloatArray, FloatArray]:
    """Return the mean (dim,) of all embeddings and the axes (dim, at most count) along which they differ the most."""
    total, products, seen = np.zeros(1), np.zeros((1, 1)), 0
    for _, vectors in index.blocks(ROWS):
        total = total + vectors.sum(axis=0, dtype=np.float64)
        products = products + (vectors.T @ vectors).astype(np.float64)
        seen += len(vectors)
    mean = total / max(1, seen)
    _, axes = np.linalg.eigh(products / max(1, seen) - np.outer(mean, mean))
    return mean.astype(np.float32), np.ascontiguousarray(axes[:, ::-1][:, :count], dtype=np.float32)
