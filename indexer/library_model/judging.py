"""Whether int8 is good enough, judged on the user's own pictures: no trained weights are needed to decide that.

The first pictures of a library are encoded in both precisions. int8 is taken if it hardly moves any of them, and if
each keeps its nearest pictures; what it would do to others is then known as well as it can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

JUDGED = 64  # pictures
NEAREST = 10
LEAST_COSINE = 0.995  # of any picture
LEAST_OVERLAP = 0.97  # of the nearest, on average


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the comparison of int8 with the exact embeddings gave."""

    pictures: int
    least_cosine: float
    overlap: float  # share of the nearest pictures that stay

    @property
    def is_good(self) -> bool:
        """Whether int8 may be used."""
        return self.least_cosine >= LEAST_COSINE and self.overlap >= LEAST_OVERLAP


class Judge:
    """Collects embeddings in both precisions until there are enough."""

    def __init__(self) -> None:
        self._exact: list[FloatArray] = []
        self._int8: list[FloatArray] = []

    def add(self, exact: FloatArray, int8: FloatArray) -> Verdict | None:
        """Add the rows (n, dim) of some pictures; return the verdict once there are enough."""
        self._exact.append(exact)
        self._int8.append(int8)
        if sum(map(len, self._exact)) < JUDGED:
            return None
        return verdict(np.concatenate(self._exact), np.concatenate(self._int8))


def verdict(exact: FloatArray, int8: FloatArray) -> Verdict:
    """Compare unit rows (n, dim) of the same pictures in both precisions, n > NEAREST."""
    cosines = (exact * int8).sum(axis=1)
    pairs = zip(_nearest(exact), _nearest(int8), strict=True)
    shares = [len(set(before) & set(after)) / len(before) for before, after in pairs]
    return Verdict(len(exact), float(cosines.min()), float(np.mean(shares)))


def _nearest(rows: FloatArray) -> list[list[int]]:
    """Return the NEAREST rows of each row, without itself."""
    scores = rows @ rows.T
    np.fill_diagonal(scores, -np.inf)
    found: list[list[int]] = np.argsort(-scores, axis=1)[:, :NEAREST].tolist()
    return found
