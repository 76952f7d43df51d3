"""Whether a picture with more pixels shows no more than a smaller copy: it was enlarged, and the smaller is as good."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from indexer.decoding.decode import open_picture
from search.duplicates.sharpness import fine_detail

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

LARGER = 1.15  # times the longer side: what is hardly larger can't be told
SHARP = 1.2  # of 255: the fine detail of a picture that is not itself blurred
MORE = 1.3  # times the fine detail of the enlarged smaller one, which a picture has that was not enlarged
LOOKED_AT = 1536  # pixels of the middle, each way


def is_enlarged(larger: Path, smaller: Path) -> bool:
    """Return whether the larger of two files of the same picture shows no more; raises PictureError."""
    small = open_picture(smaller).image.convert("L")
    large = open_picture(larger).image.convert("L")
    factor = max(large.size) / max(small.size)
    if factor < LARGER or fine_detail(_middle(small, LOOKED_AT)) < SHARP:
        return False
    enlarged = _middle(small, round(LOOKED_AT / factor), factor)
    return fine_detail(_middle(large, LOOKED_AT)) < MORE * fine_detail(enlarged)


def _middle(image: Image.Image, side: int, factor: float = 1.0) -> FloatArray:
    """Return the greys of the middle of a picture, enlarged by a factor."""
    width, height = min(side, image.width), min(side, image.height)
    left, top = (image.width - width) / 2, (image.height - height) / 2
    size = max(3, round(width * factor)), max(3, round(height * factor))
    part = image.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + width, top + height))
    return np.asarray(part, dtype=np.float32)
