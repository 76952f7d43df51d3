"""Pixels to encode."""

from __future__ import annotations

import numpy as np

from indexer.arrays import FloatArray
from indexer.models.preprocess import Pixels


def noise(count: int, shape: tuple[int, int, int]) -> Pixels:
    """Return pictures whose embeddings differ, uint8 (count, height, width, 3)."""
    random = np.random.default_rng(7)
    levels = random.integers(0, 256, (count, 1, 1, 3))
    return np.clip(random.normal(levels, 40, (count, *shape)), 0, 255).astype(np.uint8)


def least_cosine(one: FloatArray, other: FloatArray) -> float:
    """Return the least cosine of rows that belong together."""
    return float((one * other).sum(axis=1).min())
