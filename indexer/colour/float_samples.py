"""From samples whose brightest value is not told, floats and signed numbers, to 8 bits.

Floats are 0..1 in photo programs, 0..255 or 0..65535 where they were converted from whole numbers, and measurements
elsewhere. Their range tells which; a few samples beyond it (a sharpened edge, a glint, a broken pixel) must not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[Any]  # of any shape (height, width, ...)

JUDGED = 1_000_000  # pixels, spread over the picture, that are looked at
FEW = 0.5  # percent of the samples at either end that do not count
OVERSHOOT = 1.5  # how far beyond white resampling and sharpening lead
LEAST_OF_WHITE = 1 / 16  # a picture whose brightest samples are darker than that is of another scale
SCALES = (1.0, 255.0, 65535.0)  # what white can be
FAR_BELOW = 0.05  # of the brightest samples: what is further below black is no overshoot
NO_NUMBER = 1e30  # and beyond: marks of samples that are not there, as the least of all floats is one


def float_bits(samples: Samples) -> NDArray[np.uint8]:
    """Return floats as 0..255 by the scale that their range lets guess; what is no number is black.

    Measurements, in no known scale or far below zero, are stretched to what can be seen.
    """
    if np.iscomplexobj(samples):
        samples = np.abs(samples)
    samples = samples.astype(np.float32) if samples.dtype != np.float64 else samples
    low, high = _range(samples)
    with np.errstate(all="ignore"):
        scaled = (np.nan_to_num(samples, nan=low, posinf=high, neginf=low) - low) * (255.0 / max(high - low, 1e-30))
    return np.asarray(np.clip(scaled, 0, 255).round(), np.uint8)


def signed_bits(samples: Samples, bits: int) -> NDArray[np.uint8]:
    """Return signed or very large whole numbers as 0..255: what is below zero is black.

    Of 32 bits and more most pictures use few.
    """
    top = int(np.iinfo(samples.dtype).max) if bits >= 32 else (1 << (bits - 1)) - 1
    peak = int(samples.max(initial=0))
    brightest = next((limit for limit in (0xFF, 0xFFFF, top) if peak <= limit), top) if bits >= 32 else top
    return np.asarray((np.clip(samples, 0, brightest) * (255.0 / brightest)).round(), np.uint8)


def _range(samples: Samples) -> tuple[float, float]:
    """Return what is black and what is white."""
    step = int(np.sqrt(samples.shape[0] * samples.shape[1] / JUDGED)) + 1 if samples.ndim > 1 else 1
    known = samples[::step, ::step] if samples.ndim > 1 else samples
    known = known[np.abs(known) < NO_NUMBER]  # neither NaN nor infinite
    known = _without_mark(known)
    bright = known[known > 0]  # of a moon in the sky, only the moon
    high = float(np.percentile(bright, 100 - FEW)) if bright.size else 0.0
    low = float(np.percentile(known, FEW)) if known.size else 0.0
    for white in SCALES:
        is_of_scale = white == 1.0 or high > LEAST_OF_WHITE * white
        if is_of_scale and high <= OVERSHOOT * white and low >= -FAR_BELOW * high and (bright.size or not known.any()):
            return 0.0, white
    if low >= 0 and high <= LEAST_OF_WHITE * SCALES[1]:
        return 0.0, high  # light, of which white is only a part
    return low, float(np.percentile(known, 100 - FEW))


def _without_mark(known: Samples) -> Samples:
    """Leave out the value that stands for missing samples (such as -9999): far below all others, and repeated."""
    least = known.min(initial=0.0)
    if least >= 0:
        return known
    others = known[known > least]
    is_mark = known.size - others.size > 1 and others.size and others.min() - least > np.ptp(others)
    return others if is_mark else known
