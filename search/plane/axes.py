"""The two directions in which embeddings differ most, by principal component analysis.

K. Pearson, "On Lines and Planes of Closest Fit to Systems of Points in Space", Philosophical Magazine 2, 1901; as the
eigenvectors of the covariance, which is summed up block by block. Their signs are arbitrary, and so they are fixed: the
same pictures give the same plane.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Axes:
    """Where a plane lies in the space of embeddings."""

    mean: FloatArray  # (dim,)
    directions: FloatArray  # (2, dim), of length 1 and at right angles
    explained: float  # share of the variance that is along them, 0..1
    count: int  # embeddings in the library when they were found

    def projected(self, vectors: FloatArray) -> FloatArray:
        """Return the points (n, 2) of embeddings (n, dim)."""
        return np.asarray((vectors - self.mean) @ self.directions.T, dtype=np.float32)


def find_axes(blocks: Iterable[FloatArray], dim: int, count: int) -> Axes:
    """Return the axes of embeddings in blocks (n, dim), of a library of `count`; any two if they do not differ."""
    number, total, products = 0, np.zeros(dim), np.zeros((dim, dim))
    for block in blocks:
        number += len(block)
        total += block.sum(axis=0, dtype=np.float64)
        products += block.T @ block
    mean = total / max(number, 1)
    covariance = products / max(number, 1) - np.outer(mean, mean)
    values, vectors = np.linalg.eigh(covariance)  # the greatest last
    directions = _signed(vectors[:, ::-1].T[:2]) if dim > 1 else np.array([[1.0], [0.0]])
    variance = float(np.maximum(values, 0).sum())
    explained = float(np.maximum(values[-2:], 0).sum()) / variance if variance > 1e-12 else 0.0
    return Axes(mean.astype(np.float32), directions.astype(np.float32), min(1.0, explained), count)


def _signed(directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return directions whose component that is farthest from 0 is positive."""
    farthest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, np.newaxis], axis=1)
    return np.asarray(directions * np.where(farthest < 0, -1.0, 1.0), dtype=np.float64)
