"""What a file tells of its colours, format by format, and what counts where it tells several things."""

from __future__ import annotations

import contextlib
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from indexer.colour import conversion, heif_boxes, icc_cicp, png_chunks, primaries, transfer
from indexer.colour import description as descriptions
from indexer.colour.description import ColourDescription
from indexer.colour.primaries import Primaries

# Tags of EXIF (CIPA DC-008) and TIFF 6.0, sections 20 and 22
TRANSFER_FUNCTION, WHITE_POINT, PRIMARY_CHROMATICITIES = 0x012D, 0x013E, 0x013F
EXIF_IFD, INTEROPERABILITY_IFD = 0x8769, 0xA005
COLOUR_SPACE, GAMMA, INTEROPERABILITY_INDEX = 0xA001, 0xA500, 1
IS_SRGB, IS_ADOBE_RGB = 1, 2  # the latter is not in the standard, but in use


def colours_of(
    source: BinaryIO, image: Image.Image, profile_serves: bool, more: Image.Exif | None = None
) -> ColourDescription | None:
    """Return what an opened file tells of its colours otherwise than by an ICC profile; None for sRGB.

    `profile_serves` says whether its profile can be used: that counts more than most. `source` is read anywhere;
    `more` is EXIF that counts where the picture's own says nothing.
    """
    described = None
    with contextlib.suppress(Exception):  # side data: whatever is wrong with it, the picture matters more
        described = _told(source, image, profile_serves)
        if described is None and more is not None and not profile_serves:
            described = exif_colours(more)
        if described is not None and conversion.changes_little(described):
            described = None
    return described


def _told(source: BinaryIO, image: Image.Image, profile_serves: bool) -> ColourDescription | None:
    """Return the description that counts."""
    if image.format == "PNG":
        chunks = png_chunks.head_chunks(source)
        above = png_chunks.above_icc(chunks)
        if above is not None or profile_serves:
            return above
        return png_chunks.below_icc(chunks)
    if (within := icc_cicp.described(image.info.get("icc_profile"))) is not None:
        return within
    if profile_serves:
        return None
    if image.format in ("HEIF", "AVIF"):
        nclx = heif_boxes.colours(heif_boxes.properties(source)) or _decoders_nclx(image)
        if nclx is not None:
            return nclx
    return exif_colours(image.getexif())


def _decoders_nclx(image: Image.Image) -> ColourDescription | None:
    """Return what libheif says of the colours, which it may know from the coded picture or its tiles."""
    nclx: dict[str, Any] = image.info.get("nclx_profile") or {}
    return descriptions.from_code_points(nclx.get("color_primaries", 2), nclx.get("transfer_characteristics", 2))


def exif_colours(exif: Image.Exif) -> ColourDescription | None:
    """Return what EXIF, or the tags of a TIFF, say of the colours; None if nothing."""
    details = exif.get_ifd(EXIF_IFD)
    if _text(_interoperability(exif, details).get(INTEROPERABILITY_INDEX)).startswith("R03"):
        return descriptions.ADOBE_RGB  # DCF 2.0, 5.2: the optional colour space
    space = details.get(COLOUR_SPACE)
    if space in (IS_SRGB, IS_ADOBE_RGB):
        return descriptions.SRGB if space == IS_SRGB else descriptions.ADOBE_RGB
    named = _tagged_primaries(exif)
    curve = _table(exif.get(TRANSFER_FUNCTION)) or transfer.near_gamma(float(details.get(GAMMA, 0)))
    if named is None and curve is None:
        return None
    return ColourDescription(named or primaries.SRGB, curve or transfer.SRGB)


def _interoperability(exif: Image.Exif, details: dict[int, Any]) -> dict[int, Any]:
    """Return the directory that names the rule a file follows; empty if it is broken."""
    with contextlib.suppress(Exception):
        return exif.get_ifd(INTEROPERABILITY_IFD) if INTEROPERABILITY_IFD in details else {}
    return {}


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _tagged_primaries(exif: Image.Exif) -> Primaries | None:
    """Return the primaries of PrimaryChromaticities, with WhitePoint or D65."""
    numbers = [float(number) for number in exif.get(PRIMARY_CHROMATICITIES, ())]
    white = [float(number) for number in exif.get(WHITE_POINT, ())]
    if len(numbers) != 6 or not np.isfinite([*numbers, *white]).all():
        return None
    red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
    d65 = primaries.SRGB.white
    return primaries.sensible(Primaries(red, green, blue, (white[0], white[1]) if len(white) == 2 else d65))


def _table(numbers: Any) -> transfer.Transfer | None:
    """Return the curve of TransferFunction: for one channel or each of three, 2 ** bits numbers of 0..65535."""
    count = len(numbers) if isinstance(numbers, tuple) else 0
    for channels in (1, 3):
        steps = count // channels
        if count % channels == 0 and steps >= 2 and steps & (steps - 1) == 0:
            light = np.asarray(numbers, dtype=np.float64).reshape(channels, steps)
            if (np.diff(light, axis=1) < 0).any() or light.max() < 0x8000:
                return None  # not from black to white
            thinned = light[:, np.linspace(0, steps - 1, min(steps, 256)).round().astype(int)] / 65535
            return transfer.Transfer("table", table=tuple(map(tuple, thinned.tolist())))
    return None
