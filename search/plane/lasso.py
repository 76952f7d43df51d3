"""Which points lie inside a polygon: those from which a ray crosses its edges an odd number of times.

The even-odd rule (M. Shimrat, "Algorithm 112: Position of point relative to polygon", Communications of the ACM 5,
1962). The points are sorted by height once, so that each edge only meets those that are as high as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def inside(points: NDArray[np.float32], polygon: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    """Return which of the points (n, 2) lie inside a polygon, which may cross itself and is closed."""
    corners = np.array(polygon, dtype=np.float64).reshape(-1, 2)
    order = np.argsort(points[:, 1], kind="stable")
    across, up = points[order, 0].astype(np.float64), points[order, 1].astype(np.float64)
    odd = np.zeros(len(points), dtype=bool)
    for (x, y), (other_x, other_y) in zip(corners.tolist(), np.roll(corners, -1, axis=0).tolist(), strict=True):
        (low_x, low_y), (high_x, high_y) = ((x, y), (other_x, other_y)) if y < other_y else ((other_x, other_y), (x, y))
        first, last = np.searchsorted(up, [low_y, high_y])  # heights from low_y on, and below high_y
        if last > first:
            crossing = low_x + (up[first:last] - low_y) * ((high_x - low_x) / (high_y - low_y))
            odd[first:last] ^= across[first:last] < crossing
    result = np.zeros(len(points), dtype=bool)
    result[order] = odd
    return result
