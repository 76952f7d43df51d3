"""From any mode and colour profile to 8-bit sRGB.

Models were trained on sRGB; phones write Display P3. LittleCMS turns a profile into a transform once, and that is
kept: the pictures of a folder share a few profiles.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from indexer.decoding.ground import on_ground

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsTransform

AVERAGEABLE = frozenset(("L", "LA", "RGB", "RGBA", "CMYK"))  # modes whose samples can be averaged as they are
MOST_CHANGE = 3  # of 255: a profile that moves no colour further counts as sRGB
LARGEST_PROFILE = 8 * 1024 * 1024  # bytes
PROFILE_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}


def to_rgb(image: Image.Image, profile: bytes | None = None) -> Image.Image:
    """Return the picture in 8-bit sRGB: transparency on the ground where it shows, 16-bit and float samples scaled.

    `profile` is the ICC profile of the samples; one that is broken or of another colour space is ignored.
    """
    image = averageable(image)
    if image.mode in ("LA", "RGBA"):
        image = on_ground(image)
    if profile and (transform := _transform(profile, image.mode)):
        from PIL.ImageCms import applyTransform

        return applyTransform(image, transform) or image  # None only in place
    return image if image.mode == "RGB" else image.convert("RGB")


def averageable(image: Image.Image) -> Image.Image:
    """Return the picture in a mode whose samples can be averaged: no palette, no bits, no 16-bit samples."""
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bit(image)
    if image.mode not in ("LA", "RGBA") and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in AVERAGEABLE:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit integer (used for 16-bit samples) or float samples (0..1 or 0..255) to 8 bits."""
    samples = np.asarray(image)
    if image.mode.startswith("I;16"):
        return Image.fromarray((samples >> 8).astype(np.uint8))
    samples = samples.astype(np.float32)
    peak = float(samples.max(initial=0.0))
    brightest = (1.0 if peak <= 1.0 else 255.0) if image.mode == "F" else (255.0 if peak <= 255 else 65535.0)
    return Image.fromarray(np.clip(np.nan_to_num(samples * (255.0 / brightest)), 0, 255).astype(np.uint8))


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCmsTransform | None:
    """Return the transform to sRGB; None if none is needed or possible."""
    from PIL import ImageCms

    if mode not in PROFILE_SPACES or len(profile) > LARGEST_PROFILE:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != PROFILE_SPACES[mode]:
            return None
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
        return None if _changes_little(transform, mode) else transform
    except Exception:  # LittleCMS raises many kinds on broken profiles; the picture matters more than its colours
        return None


def _changes_little(transform: ImageCmsTransform, mode: str) -> bool:
    """Return whether a transform does next to nothing: names of profiles can't be trusted, colours can."""
    from PIL.ImageCms import applyTransform

    if mode == "CMYK":
        return False
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    probe = Image.fromarray(grid if mode == "RGB" else grid[..., 0].copy())
    changed = np.asarray(applyTransform(probe, transform), dtype=np.int16)
    return bool(np.abs(changed - np.asarray(probe.convert("RGB"), dtype=np.int16)).max() <= MOST_CHANGE)
