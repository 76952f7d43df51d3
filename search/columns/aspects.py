"""How wide pictures are for their height, a byte each: 128 + 32 * log2(width / height), so that 128 is a square."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SQUARE, STEPS = 128, 32  # in each doubling, so that a byte is 2.2% wider than the one before
UNKNOWN = (4, 3)

Bytes = NDArray[np.uint8]


def aspect_bytes(widths: NDArray[np.int64], heights: NDArray[np.int64]) -> Bytes:
    """Return the bytes (n,) of widths and heights (n,) in pixels; of what has none, those of 4:3."""
    known = (widths > 0) & (heights > 0)
    wide = np.where(known, widths, UNKNOWN[0]).astype(np.float64)
    high = np.where(known, heights, UNKNOWN[1]).astype(np.float64)
    return np.clip(np.round(SQUARE + STEPS * np.log2(wide / high)), 0, 255).astype(np.uint8)
