"""Whether two aligned pictures have the same colours everywhere: greys don't tell a red light from a green one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image

from search.duplicates.agreement import CELL

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from search.duplicates.alignment import Alignment

ELSEWHERE = 18.0  # of 255: how far the mean colour of a block may be off; JPEG quality 10 leaves 14, a GIF's palette 16
WIDESPREAD = 0.1  # of the blocks: then it is the picture that was recoloured, not a thing in it
VIVID, SAME_VIVIDNESS = 10.0, 0.1  # of 255, the colour of a block that can tell; how far its factor may be off
SAME_TINT = 2.5  # of 255: a warmer picture; copies stay within 0.6
LEAST_INSIDE = 0.99  # of a block

Change = Literal["whole", "local"]


def change_of_colour(
    first: Image.Image, second: Image.Image, alignment: Alignment, edited: bool = False
) -> Change | None:
    """Return whether blocks of two RGB pictures of one size, the second moved already, differ in colour alone.

    "whole" if it is the picture that was edited, as it is if its brightness was, "local" if a thing in it has another
    colour; None if no block changed.
    """
    before, after = _blocks(first, alignment), _blocks(second, alignment)
    if not before.size:
        return None
    change = after - alignment.gain * before
    tint = np.median(change, axis=0)
    off = np.abs(change - tint).max(axis=1) > ELSEWHERE
    if not off.any():
        return None
    whole = edited or off.mean() > WIDESPREAD or np.abs(tint).max() > SAME_TINT
    return "whole" if whole or _is_more_vivid(before, after, alignment.gain) else "local"


def _is_more_vivid(before: FloatArray, after: FloatArray, gain: float) -> bool:
    """Return whether most of what is coloured became more so, or less."""
    strength = np.square(before).sum(axis=1)
    vivid = strength > VIVID**2
    if vivid.mean() < WIDESPREAD:
        return False
    return abs(float(np.median((before * after).sum(axis=1)[vivid] / strength[vivid])) - gain) > SAME_VIVIDNESS


def _blocks(image: Image.Image, alignment: Alignment) -> FloatArray:
    """Return the mean colour differences around 0 (n, 2) of the blocks that both pictures show."""
    rows, columns = image.height // CELL, image.width // CELL
    shape = (rows, CELL, columns, CELL, -1)
    cropped = np.asarray(image.convert("YCbCr"), dtype=np.float32)[: rows * CELL, : columns * CELL]
    inside = alignment.inside((image.height, image.width), margin=2.0)[: rows * CELL, : columns * CELL]
    whole = inside.reshape(shape[:4]).mean(axis=(1, 3)) > LEAST_INSIDE
    means: FloatArray = cropped.reshape(shape).mean(axis=(1, 3))[whole][:, 1:] - 128.0
    return means
