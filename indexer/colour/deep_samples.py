"""Samples of 10 to 16 bits in full, where Pillow would keep only 8 of them.

Only what is not in sRGB needs them: eight bits of light, or of PQ, are too few for what becomes of it.
"""

from __future__ import annotations

import contextlib
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DeepSamples = NDArray[np.uint16]  # (height, width) of grey or (height, width, channels), 0..65535
GREY_MODES = ("I;16B", "I;16")
PNG_MODES = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L"}


def deep_samples(source: BinaryIO, image: Image.Image) -> DeepSamples | None:
    """Return an opened picture's samples; None if they are of 8 bits, or of a kind that is read in 8 bits only."""
    with contextlib.suppress(Exception):  # the usual way may still work, or says what is wrong
        if image.format == "PNG":
            return _png(source, image)
        if image.format == "HEIF" and image.info.get("bit_depth", 8) > 8:
            return _heif(source)
    return None


def reduced(samples: DeepSamples, factor: int) -> DeepSamples:
    """Return the means of squares of factor * factor samples; a rest at the right and below is left out."""
    height, width, *channels = samples.shape[0] // factor, samples.shape[1] // factor, *samples.shape[2:]
    whole = samples[: height * factor, : width * factor].reshape(height, factor, width * factor, *channels)
    rows = whole.sum(axis=1, dtype=np.uint32)
    sums = rows.reshape(height, width, factor, *channels).sum(axis=2, dtype=np.uint64)
    return np.asarray((sums + factor * factor // 2) // (factor * factor), dtype=np.uint16)


def clear_colour(source: BinaryIO, image: Image.Image) -> DeepSamples | None:
    """Return an opened PNG's samples of 16 bits with transparency where they are those of tRNS; None for others.

    All 16 bits have to agree (PNG, section 11.3.1.1), and Pillow compares no more than 8 of them.
    """
    clear: Any = image.info.get("transparency")
    if image.format != "PNG" or not isinstance(clear, (int, tuple)):
        return None
    samples = deep_samples(source, image)
    if samples is None or samples.ndim != (2 if isinstance(clear, int) else 3):
        return None
    colours = samples if samples.ndim == 3 else samples[..., None]
    matches = (colours == np.asarray(clear, dtype=np.uint16)).all(axis=-1)
    return np.dstack([colours, np.where(matches, 0, 0xFFFF).astype(np.uint16)])


def _png(source: BinaryIO, image: Image.Image) -> DeepSamples | None:
    """Decode a PNG of 16 bits twice, for the high and the low bytes."""
    tile: Any = getattr(image, "tile", None)
    raw_mode = tile[0].args if tile else None
    if raw_mode in GREY_MODES:
        return np.asarray(_decoded(source, None), dtype=np.uint16)
    if raw_mode not in PNG_MODES:
        return None
    upper = np.asarray(_decoded(source, None), dtype=np.uint16)
    # What Pillow takes for the high byte of samples of the other byte order is the low byte of these.
    return np.asarray((upper << 8) | np.asarray(_decoded(source, PNG_MODES[raw_mode])), dtype=np.uint16)


def _decoded(source: BinaryIO, raw_mode: str | None) -> Image.Image:
    """Decode a PNG, its samples taken as those of Pillow's raw mode."""
    source.seek(0)
    image: Any = Image.open(source, formats=["PNG"])
    if raw_mode:
        image.tile = [tile._replace(args=raw_mode) for tile in image.tile]
    image.load()
    return image  # type: ignore[no-any-return]


def _heif(source: BinaryIO) -> DeepSamples:
    """Decode the primary picture of a HEIF file."""
    import pillow_heif

    source.seek(0)
    file = pillow_heif.open_heif(source, convert_hdr_to_8bit=False)
    samples = np.asarray(file[file.primary_index])
    return samples if samples.dtype == np.uint16 and samples.shape[-1:] != (1,) else samples[..., 0]
