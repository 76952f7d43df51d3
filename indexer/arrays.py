"""The arrays that all wings exchange: embeddings as float32 rows, and ids."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
FloatArray = NDArray[np.float32]


def unit_rows(matrix: FloatArray) -> FloatArray:
    """Return the rows scaled to length 1, as float32; a zero row stays zero."""
    rows = np.ascontiguousarray(matrix, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)


def unit_vector(vector: FloatArray) -> FloatArray:
    """Return a vector (dim,) scaled to length 1, as float32; zero stays zero."""
    return np.asarray(unit_rows(vector[np.newaxis])[0], dtype=np.float32)


def member_of(ids: Ids, sorted_ids: Ids) -> NDArray[np.bool_]:
    """Return, as (n,) booleans, which of the ids (n,) are among ascending ones."""
    if not len(sorted_ids):
        return np.zeros(len(ids), dtype=bool)
    positions = np.minimum(np.searchsorted(sorted_ids, ids), len(sorted_ids) - 1)
    return np.asarray(sorted_ids[positions] == ids, dtype=np.bool_)
