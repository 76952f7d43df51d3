"""From the light of an HDR picture to what a page shows of it.

White paper is at 203 cd/m2 (Rec. ITU-R BT.2408-7, section 2.2): what is darker stays nearly as it is, and what is
brighter is pressed together below the brightest white, by the curve of BT.2390. How bright the picture is, is
measured on it, so that one that holds nothing brighter than white paper is not changed.
"""

from __future__ import annotations

import numpy as np

from indexer.arrays import FloatArray
from indexer.colour.transfer import PQ as PQ_CURVE
from indexer.colour.transfer import PQ_PEAK, Transfer, pq_value, to_light

WHITE = 203.0  # cd/m2
HLG_PEAK, HLG_GAMMA = 1000.0, 1.2  # of the display that HLG is made for (BT.2100 table 5)
HLG_LUMINANCE = np.array((0.2627, 0.6780, 0.0593), dtype=np.float32)
BRIGHTEST = 99.9  # percentile of the brightest channel that counts as the picture's peak: not a few sparks


def displayed(light: FloatArray, transfer: Transfer) -> FloatArray:
    """Return the cd/m2 that a display shows for to_light's values, (..., 3)."""
    if transfer.kind == "pq":
        return np.asarray(light * np.float32(PQ_PEAK), dtype=np.float32)
    luminance = light @ HLG_LUMINANCE  # the OOTF: BT.2100 table 5
    gain = HLG_PEAK * np.power(np.maximum(luminance, 1e-6), HLG_GAMMA - 1)
    return np.asarray(light * gain[..., None], dtype=np.float32)


def peak_of(luminance: FloatArray) -> float:
    """Return how bright a picture's highlights are, for cd/m2 of (..., 3)."""
    return float(np.percentile(luminance.max(axis=-1), BRIGHTEST)) if luminance.size else 0.0


def tone_mapped(luminance: FloatArray, peak: float) -> FloatArray:
    """Return light of 0..1, 1 being WHITE, for cd/m2 of (..., 3); hues stay, as the brightest channel is mapped."""
    brightest = luminance.max(axis=-1)
    if peak <= WHITE:
        return np.asarray(np.minimum(luminance / np.float32(WHITE), 1), dtype=np.float32)
    ratio = _pressed(brightest, peak) / np.maximum(brightest, 1e-4)
    return np.asarray(np.minimum(luminance * (ratio / np.float32(WHITE))[..., None], 1), dtype=np.float32)


def _pressed(luminance: FloatArray, peak: float) -> FloatArray:
    """Map cd/m2 up to `peak` to cd/m2 up to WHITE: the EETF of Rep. ITU-R BT.2390-11, section 5.4.1 (black at 0)."""
    top, white = (float(pq_value(np.float32(level))) for level in (peak, WHITE))
    values = np.minimum(pq_value(luminance) / top, 1.0)
    target = white / top
    knee = 1.5 * target - 0.5
    t = np.clip((values - knee) / (1 - knee), 0, 1)
    spline = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (-2 * t**3 + 3 * t**2) * target
    mapped = np.where(values < knee, values, spline)
    return displayed(to_light(np.asarray(mapped * top, dtype=np.float32), PQ_CURVE), PQ_CURVE)
