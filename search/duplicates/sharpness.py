"""How sharp two aligned pictures are: what blurs, sharpens or adds grain changes the finest detail most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from search.duplicates.alignment import Alignment

SOFTEST, SHARPEST = 0.75, 1.22  # times the fine detail of the other: beyond is a filter, not an encoder
HARDLY = 1.0  # of 255: fine detail that encoders put in or leave out where there is hardly any
RADII = (0.6, 0.9, 1.3, 1.8, 2.5, 3.5)  # pixels, of the blurs that are tried


def change_of_sharpness(first: FloatArray, second: FloatArray, alignment: Alignment) -> float:
    """Return the fine detail of the second of two greys (h, w), times that of the first, in what both show."""
    inside = alignment.inside(first.shape, margin=3.0)[1:-1, 1:-1]
    fine, other = _finest(first)[inside], _finest(alignment.moved(second))[inside]
    return (_strength(other) + HARDLY) / (alignment.gain * _strength(fine) + HARDLY)


def fine_detail(values: FloatArray) -> float:
    """Return the root mean square of the finest detail of greys (h, w)."""
    return _strength(_finest(values))


def is_filtered(change: float) -> bool:
    """Return whether a change of sharpness is none that encoders and scaling make."""
    return not SOFTEST <= change <= SHARPEST


def equally_sharp(first: FloatArray, second: FloatArray, alignment: Alignment) -> tuple[FloatArray, FloatArray]:
    """Return both greys, the sharper of them blurred until it is no sharper than the other."""
    sharper = change_of_sharpness(first, second, alignment) > 1
    pair = first, second
    for radius in RADII:
        pair = (first, _blurred(second, radius)) if sharper else (_blurred(first, radius), second)
        if (change_of_sharpness(*pair, alignment) > 1) != sharper:
            break
    return pair


def _blurred(values: FloatArray, radius: float) -> FloatArray:
    """Return greys (h, w) blurred."""
    image = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(image, dtype=np.float32)


def _finest(values: FloatArray) -> FloatArray:
    """Return how far each pixel but those of the border is from the mean of its neighbours."""
    around = values[:-2, 1:-1] + values[2:, 1:-1] + values[1:-1, :-2] + values[1:-1, 2:]
    finest: FloatArray = values[1:-1, 1:-1] - around / np.float32(4)
    return finest


def _strength(values: FloatArray) -> float:
    """Return the root mean square; 0 of nothing."""
    return float(np.sqrt(np.square(values).mean())) if values.size else 0.0
