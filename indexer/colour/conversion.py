"""From samples of any described colour space to 8-bit sRGB.

Curves are tables that are made once; what is left is a matrix and a look-up for each pixel of the reduced picture.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray
from indexer.colour import description as descriptions
from indexer.colour.description import ColourDescription
from indexer.colour.primaries import SRGB, matrix_to_srgb
from indexer.colour.tone_mapping import displayed, peak_of, tone_mapped
from indexer.colour.transfer import srgb_value, to_light

Samples = NDArray[Any]  # uint8 or uint16: (height, width) of grey, or (height, width, 3)
Bytes = NDArray[np.uint8]

MOST_CHANGE = 3  # of 255: a description that moves no colour further counts as sRGB
STEPS = 1 << 14  # of the table from light to sRGB: below half a step of 8 bits everywhere
ROWS = 256  # that are converted at once: memory stays small
LOOKED_AT = 1_000_000  # pixels, for the peak of a picture


def srgb_samples(samples: Samples, described: ColourDescription) -> Bytes:
    """Return samples, grey or RGB in 8 or 16 bits, as 8-bit sRGB of the same shape; HDR is tone-mapped."""
    peak = _peak(samples, described) if described.transfer.is_hdr else None
    strips = [samples[row : row + ROWS] for row in range(0, len(samples), ROWS)]
    return np.concatenate(
        [_from_sdr(strip, described) if peak is None else _from_hdr(strip, described, peak) for strip in strips]
    )


@lru_cache(maxsize=64)
def changes_little(described: ColourDescription) -> bool:
    """Return whether samples so described are shown as sRGB, within MOST_CHANGE."""
    if described == descriptions.SRGB:
        return True
    if described.transfer.is_hdr or described.narrow:
        return False
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    probe = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    change = np.abs(srgb_samples(probe, described).astype(np.int16) - probe)
    return bool(change.max() <= MOST_CHANGE)


def _from_sdr(samples: Samples, described: ColourDescription) -> Bytes:
    """Convert samples whose brightest is white."""
    light = _light(samples, described)
    if light.ndim == 3 and described.primaries != SRGB:
        light = light @ matrix_to_srgb(described.primaries).T.astype(np.float32)
    return _encoded(light)


def _peak(samples: Samples, described: ColourDescription) -> float:
    """Return the peak of a picture that reaches beyond white, in cd/m2."""
    step = max(1, math.isqrt(samples.shape[0] * samples.shape[1] // LOOKED_AT))
    return peak_of(_displayed(samples[::step, ::step], described))


def _from_hdr(samples: Samples, described: ColourDescription, peak: float) -> Bytes:
    """Convert samples that reach beyond white."""
    shown = tone_mapped(_displayed(samples, described), peak)
    if samples.ndim == 2:
        return _encoded(shown[..., 0])
    return _encoded(shown @ matrix_to_srgb(described.primaries).T.astype(np.float32))


def _displayed(samples: Samples, described: ColourDescription) -> FloatArray:
    """Return cd/m2 (height, width, 3)."""
    light = _light(samples, described)
    return displayed(light if light.ndim == 3 else np.repeat(light[..., None], 3, axis=-1), described.transfer)


def _light(samples: Samples, described: ColourDescription) -> FloatArray:
    """Return the light of samples, by the table of each channel's curve."""
    bits = 8 * samples.dtype.itemsize
    if samples.ndim == 2 or len(described.transfer.table) <= 1:
        return np.asarray(_curve(described, bits, 0)[samples])
    return np.stack([_curve(described, bits, channel)[samples[..., channel]] for channel in range(3)], axis=-1)


@lru_cache(maxsize=12)
def _curve(described: ColourDescription, bits: int, channel: int) -> FloatArray:
    """Return the light of each value a sample can have."""
    values = np.linspace(0, 1, 1 << bits, dtype=np.float64)
    if described.narrow:
        values = np.clip((values * 255 - 16) / 219, 0, 1)
    return to_light(values.astype(np.float32), described.transfer, channel)


def _encoded(light: FloatArray) -> Bytes:
    """Return 8-bit sRGB of light; what is out of its gamut is clipped."""
    return _table()[(np.clip(light, 0, 1) * (STEPS - 1) + 0.5).astype(np.uint16)]


@lru_cache(maxsize=1)
def _table() -> Bytes:
    """Return 8-bit sRGB of STEPS evenly spaced lights."""
    return (srgb_value(np.linspace(0, 1, STEPS, dtype=np.float32)) * 255 + 0.5).astype(np.uint8)
