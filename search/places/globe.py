"""Places as points in space: no date line and no poles there, and distances are those of straight lines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EARTH_RADIUS = 6_371_008.8  # metres, the mean radius of WGS 84 (IUGG)
CUBE = 24_000.0  # metres: the side of the cubes by which places are sorted
ACROSS = 1024  # cubes along an axis, more than there are: those before and behind the globe are empty


def in_space(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return latitudes and longitudes (n, 2), in degrees, as coordinates (n, 3) in metres from the globe's centre."""
    import numpy as np

    latitudes, longitudes = np.radians(points[:, 0]), np.radians(points[:, 1])
    around = np.cos(latitudes)
    sides = (around * np.cos(longitudes), around * np.sin(longitudes), np.sin(latitudes))
    return np.asarray(EARTH_RADIUS * np.stack(sides, axis=1), dtype=np.float64)


def cubes_of(spots: NDArray[np.float64], side: float = CUBE) -> NDArray[np.int32]:
    """Return the number of the cube that each of the points (n, 3) in space is in; those along z follow each other."""
    import numpy as np

    steps = np.floor(spots / side).astype(np.int32) + ACROSS // 2
    return np.asarray((steps[:, 0] * ACROSS + steps[:, 1]) * ACROSS + steps[:, 2], dtype=np.int32)


def chord(metres: float) -> float:
    """Return the length of the straight line between two points at a distance on the globe, which is shorter."""
    return 2 * EARTH_RADIUS * math.sin(metres / (2 * EARTH_RADIUS))
