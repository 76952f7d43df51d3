"""Red, green, blue and white of colour spaces, and the way from one to sRGB's."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatMatrix = NDArray[np.float64]
# von Kries' adaptation in the space of Bradford (ICC.1:2022, annex E.3)
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


class Primaries(NamedTuple):
    """The chromaticities (CIE 1931 x, y) of red, green, blue and white."""

    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]
    white: tuple[float, float] = (0.3127, 0.3290)  # D65


SRGB = Primaries((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
ADOBE_RGB = Primaries((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
BT2020 = Primaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
DISPLAY_P3 = Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
SMPTE_C = Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070))

# Rec. ITU-T H.273, table 2: ColourPrimaries; 0 and 3 are reserved, 2 is unspecified
CODE_POINTS = {
    1: SRGB,
    4: Primaries((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.310, 0.316)),  # BT.470 M
    5: Primaries((0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),  # BT.470 B and G: PAL
    6: SMPTE_C,
    7: SMPTE_C,
    8: Primaries((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), (0.310, 0.316)),  # film
    9: BT2020,
    10: Primaries((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (1 / 3, 1 / 3)),  # CIE XYZ
    11: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),  # DCI-P3
    12: DISPLAY_P3,
    22: Primaries((0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),  # EBU 3213-E
}


@lru_cache(maxsize=32)
def matrix_to_srgb(primaries: Primaries) -> FloatMatrix:
    """Return the matrix (3, 3) from linear samples to linear sRGB, white to white.

    Raises ValueError for primaries that span no colours.
    """
    ours, theirs = _to_xyz(SRGB), _to_xyz(primaries)
    cone_ratio = (BRADFORD @ ours.sum(axis=1)) / (BRADFORD @ theirs.sum(axis=1))
    adapted = np.linalg.inv(BRADFORD) @ np.diag(cone_ratio) @ BRADFORD @ theirs
    return np.asarray(np.linalg.inv(ours) @ adapted)


def _to_xyz(primaries: Primaries) -> FloatMatrix:
    """Return the matrix from linear samples to CIE XYZ (SMPTE RP 177)."""
    columns = np.array([(x, y, 1 - x - y) for x, y in primaries[:3]]).T
    x, y = primaries.white
    if not (y > 0 and abs(np.linalg.det(columns)) > 1e-3):
        raise ValueError(f"primaries that span no colours: {primaries}")
    scale = np.linalg.solve(columns, np.array([x / y, 1.0, (1 - x - y) / y]))
    return np.asarray(columns * scale)


def sensible(primaries: Primaries) -> Primaries | None:
    """Return the primaries of a file if they are possible; near to a known set's, that set."""
    if not np.isfinite(primaries).all():
        return None
    for known in (SRGB, ADOBE_RGB, DISPLAY_P3, BT2020):
        if np.abs(np.subtract(known, primaries)).max() < 0.001:
            return known
    try:
        matrix = matrix_to_srgb(primaries)
    except (ValueError, np.linalg.LinAlgError):
        return None
    return primaries if np.abs(matrix).max() < 10 else None
