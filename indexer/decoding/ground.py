"""On which ground a picture with transparency is laid: white, unless what is drawn would hardly show there.

White writing and light drawings are made for dark pages; on white they are blank sheets that nobody could find or
tell apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

WHITE, BLACK = "white", "black"
HARDLY = 0.35  # of the contrast on black: what is drawn is lighter than three quarters of white
LOOKED_AT = 512  # pixels each way


def on_ground(image: Image.Image) -> Image.Image:
    """Lay a picture with transparency (RGBA or LA) on white, or on black where it would hardly show on white."""
    image = image.convert("RGBA")
    paper = Image.new("RGBA", image.size, ground_of(image))
    paper.alpha_composite(image)
    return paper.convert("RGB")


def ground_of(image: Image.Image) -> str:
    """Return the ground for an RGBA picture; one in which nothing can be seen anyway stays on white."""
    step = max(1, max(image.size) // LOOKED_AT)
    samples = np.asarray(image)[::step, ::step].reshape(-1, 4).astype(np.float32)
    opacity = samples[:, 3:] / np.float32(255)
    if opacity.min(initial=1.0) == 1.0:
        return WHITE
    on_black = samples[:, :3] * opacity
    on_white = on_black + np.float32(255) * (1 - opacity)
    return BLACK if _contrast(on_white) < HARDLY * _contrast(on_black) else WHITE


def _contrast(pixels: FloatArray) -> float:
    """Return how much the pixels (n, 3) differ from one another."""
    return float(np.linalg.norm(pixels.std(axis=0)))
