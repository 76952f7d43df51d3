"""From any mode and colour profile to 8-bit sRGB; what is told otherwise than by a profile is in indexer/colour.

Models were trained on sRGB; phones write Display P3. LittleCMS turns a profile into a transform once, and that is
kept: the pictures of a folder share a few profiles.
"""

from __future__ import annotations

import contextlib
import io
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indexer.colour import primaries, transfer
from indexer.colour.conversion import srgb_samples
from indexer.colour.description import ColourDescription
from indexer.colour.float_samples import float_bits
from indexer.decoding.ground import on_ground

if TYPE_CHECKING:
    from PIL.ImageCms import ImageCmsTransform

AVERAGEABLE = frozenset(("L", "LA", "RGB", "RGBA", "CMYK"))  # modes whose samples can be averaged as they are
MOST_CHANGE = 3  # of 255: a profile that moves no colour further counts as sRGB
LARGEST_PROFILE = 8 * 1024 * 1024  # bytes
# Three quarters of white in sRGB, of 255: 90 by PQ, 140 by HLG; 172 by a gamma of 3 already
HDR_CURVES = {
    (80, 100): ColourDescription(primaries.BT2020, transfer.PQ),
    (132, 148): ColourDescription(primaries.BT2020, transfer.HLG),
}
PROFILE_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}


def to_rgb(image: Image.Image, profile: bytes | None = None) -> Image.Image:
    """Return the picture in 8-bit sRGB: transparency on the ground where it shows, 16-bit and float samples scaled.

    `profile` is the ICC profile of the samples; one that is broken or of another colour space is ignored.
    """
    image = averageable(image)
    if image.mode in ("LA", "RGBA"):
        image = on_ground(image)
    if profile and (transform := _transform(profile, image.mode).to_srgb):
        from PIL.ImageCms import applyTransform

        return applyTransform(image, transform) or image  # None only in place
    return image if image.mode == "RGB" else image.convert("RGB")


def profile_serves(profile: object, mode: str) -> bool:
    """Return whether an ICC profile can be used for a picture that Pillow opened in a mode; one of HDR can't."""
    use = _use_of(profile, mode)
    return use.usable and use.hdr is None


def hdr_of_profile(profile: object, mode: str) -> ColourDescription | None:
    """Return which HDR a profile's curve is that of; LittleCMS would make a dark picture of it."""
    return _use_of(profile, mode).hdr


def described_to_srgb(image: Image.Image | NDArray[np.uint16], described: ColourDescription) -> Image.Image:
    """Return a picture, or samples of 16 bits, in the sRGB of the same mode: what a file says of its colours is done.

    The picture is averageable(); CMYK stays as it is.
    """
    if isinstance(image, Image.Image) and image.mode == "CMYK":
        return image
    samples = np.asarray(image)
    if samples.ndim == 2:
        return Image.fromarray(srgb_samples(samples, described))
    channels = samples.shape[-1]
    colours = samples[..., 0] if channels == 2 else samples[..., :3]
    result = Image.fromarray(srgb_samples(np.ascontiguousarray(colours), described))
    if channels in (2, 4):
        alpha = samples[..., -1]
        result.putalpha(
            Image.fromarray(np.ascontiguousarray(alpha if alpha.dtype == np.uint8 else alpha >> 8, np.uint8))
        )
    return result


def averageable(image: Image.Image) -> Image.Image:
    """Return the picture in a mode whose samples can be averaged: no palette, no bits, no 16-bit samples."""
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bit(image)
    if image.mode in ("La", "RGBa"):  # multiplied by their transparency
        image = image.convert(image.mode.upper())
    if image.mode == "LAB":
        return _lab(image)
    if image.mode not in ("LA", "RGBA") and image.has_transparency_data:
        with contextlib.suppress(ValueError):  # more transparency than there are colours
            return image.convert("RGBA")
        del image.info["transparency"]
    if image.mode in AVERAGEABLE:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit integer (used for 16-bit samples) or float samples to 8 bits."""
    samples = np.asarray(image)
    if image.mode.startswith("I;16"):
        return Image.fromarray((samples >> 8).astype(np.uint8))
    if image.mode == "F":
        return Image.fromarray(float_bits(samples))
    brightest = 255.0 if int(samples.max(initial=0)) <= 255 else 65535.0
    return Image.fromarray(np.clip(samples * (255.0 / brightest), 0, 255).astype(np.uint8))


class Profile(NamedTuple):
    """What an ICC profile is good for."""

    usable: bool
    to_srgb: ImageCmsTransform | None  # None if none is needed or possible
    hdr: ColourDescription | None = None


UNUSABLE = Profile(False, None)


def _use_of(profile: object, mode: str) -> Profile:
    """Return what a profile is good for, for a picture that Pillow opened in a mode."""
    if not isinstance(profile, bytes):
        return UNUSABLE
    is_grey = mode in ("1", "L", "LA", "F") or mode.startswith("I")
    return _transform(profile, "L" if is_grey else "CMYK" if mode == "CMYK" else "RGB")


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> Profile:
    """Return whether a profile fits the mode, and the transform to sRGB."""
    from PIL import ImageCms

    if mode not in PROFILE_SPACES or len(profile) > LARGEST_PROFILE:
        return UNUSABLE
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != PROFILE_SPACES[mode]:
            return UNUSABLE
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
        if _changes_little(transform, mode):
            return Profile(True, None)
        return Profile(True, transform, _hdr_of(transform) if mode == "RGB" else None)
    except Exception:  # LittleCMS raises many kinds on broken profiles; the picture matters more than its colours
        return UNUSABLE


def _hdr_of(transform: ImageCmsTransform) -> ColourDescription | None:
    """Return the HDR whose curve a transform has, by the sRGB of three quarters of white."""
    from PIL.ImageCms import applyTransform

    shown = applyTransform(Image.new("RGB", (1, 1), (191, 191, 191)), transform)
    value = int(np.asarray(shown).mean())
    return next((described for (least, most), described in HDR_CURVES.items() if least <= value <= most), None)


@lru_cache(maxsize=1)
def _lab_transform() -> ImageCmsTransform:
    from PIL import ImageCms

    return ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")


def _lab(image: Image.Image) -> Image.Image:
    """Convert CIE L*a*b*, which is its own profile."""
    from PIL.ImageCms import applyTransform

    return applyTransform(image, _lab_transform()) or image  # None only in place


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
