"""What kind of difference lies between two pictures: the file alone, a crop, tones, colours, a mark; or everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from PIL import Image

from search.duplicates.agreement import CELL, agreement
from search.duplicates.alignment import Alignment, align, greys, refined
from search.duplicates.colours import SAME_TINT, change_of_colour
from search.duplicates.marks import is_mark, is_plain, may_be_mark
from search.duplicates.sharpness import change_of_sharpness, equally_sharp, is_filtered
from search.duplicates.structure import has_structure

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

Kind = Literal["same", "as detailed", "cropped", "brightness", "black and white", "colours", "filtered", "marked"]

SIDE = 512  # pixels of the longer side that are compared
COARSE = 192  # and first, at a fraction of the cost
CLEARLY_OTHER, OTHER = 2.5, 1.5  # the worst misfit of one shot, first and then (measured by benchmarks/duplicates.py)
LEAST_GAIN, MOST_GAIN = 0.25, 4.0
MOST_MOVED = 0.06  # of a side, by which a crop may move a corner
IN_PLACE = 0.006  # of a side: less is rounding
SAME_TONE = 7.0  # of 255, root mean square of the greys
SAME_COLOUR = 7.0  # of 255, of the colour differences
GREYISH, COLOURED = 2.5, 5.0  # of 255: the colour of a black and white picture at most, of another at least
SAME_LEVEL = 4.0  # of 255, of the mean of the greys
SAME_GAIN = 0.04  # of 1: dark and flat pictures differ little though they were edited; of copies 0.015
SAME_GAIN_OF_STROKES = 0.06  # of pages at COARSE: scaling makes thin strokes paler, in the finest detail most
SMALL: Final = 32  # pixels each way of the pictures whose tones and colours are compared


def difference(first: Image.Image, second: Image.Image, side: int = SIDE) -> Kind | None:
    """Return how the second of two RGB pictures differs from the first; None if it shows something else.

    What has more pixels than `side` is compared at that size.
    """
    if not (has_structure(first) and has_structure(second)):
        return None
    first, second = same_size(first, second, side)
    alignment = align(first, second)
    if not LEAST_GAIN <= alignment.gain <= MOST_GAIN or alignment.displacement > MOST_MOVED:
        return None
    coarse = greys(first, COARSE), greys(second, COARSE)
    compared = agreement(*coarse, alignment)
    if compared.worst > CLEARLY_OTHER and not may_be_mark(coarse[0], compared):
        return None
    fine = greys(first, side), greys(second, side)
    coarse_gain = alignment.gain
    alignment = refined(alignment, greys(first, 2 * COARSE), greys(second, 2 * COARSE), 2)
    alignment = refined(alignment, *fine, 2)
    compared = agreement(*fine, alignment)
    change = change_of_sharpness(*fine, alignment)
    if compared.worst > OTHER and is_mark(first, second, alignment, compared):
        return "marked"
    if compared.worst > OTHER and not _is_filter(*fine, alignment, change):
        return None
    moved = _moved(second, alignment)
    if is_filtered(change):
        sizes = (_shrunk(first, COARSE), _shrunk(moved, COARSE))  # where a blur is no change of colour
        return "filtered" if change_of_colour(*sizes, alignment) != "local" else None
    relit = abs(coarse_gain - 1) > SAME_GAIN_OF_STROKES if is_plain(coarse[0]) else abs(alignment.gain - 1) > SAME_GAIN
    return _kind(first, moved, alignment, relit)


def _is_filter(first: FloatArray, second: FloatArray, alignment: Alignment, change: float) -> bool:
    """Return whether a blur or the like explains where greys (h, w) disagree; of documents it could hide the text."""
    if not is_filtered(change) or is_plain(first):
        return False
    return agreement(*equally_sharp(first, second, alignment), alignment).worst <= OTHER


def same_size(first: Image.Image, second: Image.Image, side: int = SIDE) -> tuple[Image.Image, Image.Image]:
    """Return both in the shape of the first and the size of the smaller, but large enough for windows."""
    factor = min(max(first.size), max(second.size), side) / max(first.size)
    size = (max(3 * CELL, round(first.width * factor)), max(3 * CELL, round(first.height * factor)))
    scaled = (
        image if image.size == size else image.resize(size, Image.Resampling.LANCZOS) for image in (first, second)
    )
    return next(scaled), next(scaled)


def _kind(first: Image.Image, moved: Image.Image, alignment: Alignment, relit: bool) -> Kind | None:
    """Return what an editor would call the difference between two pictures with the same detail, the second moved.

    It is known whether the contrast changed. None if a thing in it has another colour.
    """
    (tone, colour), (other_tone, other_colour) = _tones(first), _tones(moved)
    vivid, other_vivid = _strength(colour), _strength(other_colour)
    if min(vivid, other_vivid) < GREYISH and max(vivid, other_vivid) > COLOURED:
        return "black and white"
    change = other_colour - alignment.gain * colour
    relit = relit or abs(float((other_tone - tone).mean())) > SAME_LEVEL
    blocks = change_of_colour(first, moved, alignment, relit)
    if blocks == "local":
        return None
    if _strength(change) > SAME_COLOUR or np.abs(change.mean(axis=(0, 1))).max() > SAME_TINT:
        return "colours"
    if _strength(tone - other_tone) > SAME_TONE or relit:
        return "brightness"
    if blocks:
        return "colours"
    return "cropped" if alignment.displacement > IN_PLACE else "same"


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    """Return a copy whose longer side has at most so many pixels."""
    small = image.copy()
    small.thumbnail((longest, longest), Image.Resampling.BOX)
    return small


def _moved(image: Image.Image, alignment: Alignment) -> Image.Image:
    """Return the part of the second picture that the first shows."""
    width, height = image.size
    left, top = (
        (alignment.shift_x - alignment.scale_x / 2) * width,
        (alignment.shift_y - alignment.scale_y / 2) * height,
    )
    matrix = (1 + alignment.scale_x, 0, left, 0, 1 + alignment.scale_y, top)
    return image.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _tones(image: Image.Image) -> tuple[FloatArray, FloatArray]:
    """Return the greys (SMALL, SMALL, 1) and the colour differences (SMALL, SMALL, 2) around 0, without the border."""
    small = image.convert("YCbCr").resize((SMALL, SMALL), Image.Resampling.BOX)
    inner = np.asarray(small, dtype=np.float32)[2:-2, 2:-2]
    return inner[..., :1], inner[..., 1:] - 128.0


def _strength(values: FloatArray) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.square(values).mean()))
