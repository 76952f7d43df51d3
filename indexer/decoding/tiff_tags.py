"""What a TIFF's tags say of its samples that Pillow does not follow.

Whether zero is white (PhotometricInterpretation),
how bright the brightest sample is (BitsPerSample, SampleFormat). MinSampleValue and MaxSampleValue are statistics and
must not change what is seen (TIFF 6.0, page 37).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, BinaryIO, cast

import numpy as np
from PIL import Image, ImageChops, TiffImagePlugin, UnidentifiedImageError

from indexer.decoding.colour import averageable
from indexer.decoding.jpeg import decode_jpeg
from indexer.errors import PictureError
from indexer.side_data.tiff_jpegs import strips_as_jpegs

BITS, PHOTOMETRIC, PLANES, SAMPLE_FORMAT = 258, 262, 284, 339
IN_PLANES = 2  # of PlanarConfiguration
WHITE_IS_ZERO, BLACK_IS_ZERO, TRANSPARENCY_MASK, ICC_LAB = 0, 1, 4, 9
SIGNED = 2
DAMAGE = ("damaged", "the file is truncated")  # as decode_jpeg says it
ORDERED = re.compile(r"^([FI];\d+)B")  # Pillow's names of samples that are big-endian


# Pillow knows 40 more, and starts Ghostscript for PostScript: a program, which then would run whatever its name says.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "DIB", "PPM", "TIFF", "WEBP", "AVIF", "HEIF", "JPEG2000")


@cache
def teach_pillow() -> None:
    """Let Pillow open every kind of grey where zero is white, and ICC's Lab; followed() does what it leaves undone."""
    kinds: dict[Any, tuple[str, str]] = TiffImagePlugin.OPEN_INFO
    for order in (TiffImagePlugin.II, TiffImagePlugin.MM):
        kinds.setdefault((order, BLACK_IS_ZERO, (1,), 1, (12,), ()), ("I;16", "I;12"))
        kinds.setdefault((order, ICC_LAB, (1,), 1, (8, 8, 8), ()), ("LAB", "LAB"))
    for (order, photometric, *rest), modes in list(kinds.items()):
        if photometric == BLACK_IS_ZERO:
            kinds.setdefault((order, WHITE_IS_ZERO, *rest), modes)
            kinds.setdefault((order, TRANSPARENCY_MASK, *rest), modes)  # or the pages behind it can't be reached


def open_any(source: BinaryIO) -> Image.Image:
    """Open a picture file as Image.open does, if it is of a format of pictures, and TIFFs in planes that it can't."""
    try:
        return Image.open(source, formats=FORMATS)
    except UnidentifiedImageError:
        source.seek(0)
        if source.read(2) not in (b"II", b"MM"):
            raise
        return _by_libtiff(source)


def well_read(source: BinaryIO, image: Image.Image) -> Image.Image:
    """Return a TIFF opened so that its samples are read as they lie; any other image as it is.

    Raises UnidentifiedImageError for what Pillow would make garbage of.
    """
    if image.format != "TIFF" or not isinstance(image, TiffImagePlugin.TiffImageFile):
        return image
    if image.tag_v2.get(PLANES) == IN_PLANES:
        if image.mode in ("LA", "La"):
            raise UnidentifiedImageError("grey and transparency in planes")
        opened = image if image.use_load_libtiff else _by_libtiff(source)
        image = cast(TiffImagePlugin.TiffImageFile, opened)
    image.tile = [_in_native_order(tile) if tile.codec_name == "libtiff" else tile for tile in image.tile]
    return image


def check_jpegs(source: BinaryIO) -> None:
    """Raise PictureError if strips of a TIFF are damaged JPEGs: of what libtiff decodes, it does not tell."""
    import simplejpeg

    for strip in strips_as_jpegs(source):
        try:
            simplejpeg.decode_jpeg(strip, "GRAY", min_factor=8, min_height=1, min_width=1)  # to look for damage alone
        except ValueError:
            _check_jpeg(strip)


def _check_jpeg(strip: bytes) -> None:
    try:
        decode_jpeg(strip, None)
    except PictureError as error:
        if str(error).startswith(DAMAGE):  # not what only this decoder can't read
            raise


def _in_native_order(tile: Any) -> Any:
    """Return what Pillow is to decode by libtiff, whose samples are in the machine's own byte order."""
    mode, *others = tile.args
    return tile._replace(args=(ORDERED.sub(r"\1N", mode), *others))


def _by_libtiff(source: BinaryIO) -> Image.Image:
    """Open a TIFF to be decoded by libtiff: of planes of 16 bits Pillow itself makes garbage."""
    source.seek(0)
    before = TiffImagePlugin.READ_LIBTIFF
    TiffImagePlugin.READ_LIBTIFF = True
    try:
        return Image.open(source, formats=["TIFF"])
    finally:
        TiffImagePlugin.READ_LIBTIFF = before


def followed(image: Image.Image) -> Image.Image:
    """Return a decoded picture with white where its tags say so, scaled as they say; others as they are."""
    tags: Any = getattr(image, "tag_v2", None)
    if image.format != "TIFF" or tags is None:
        return image
    photometric, bits = tags.get(PHOTOMETRIC, WHITE_IS_ZERO), tags.get(BITS, (1,))
    signed = tags.get(SAMPLE_FORMAT, (1,))[0] == SIGNED
    changed = _scaled(image, bits[0], signed)
    if photometric == ICC_LAB and image.mode == "LAB":
        lightness, *colours = image.split()
        changed = Image.merge("LAB", (lightness, *(colour.point(lambda value: value ^ 128) for colour in colours)))
    if photometric == WHITE_IS_ZERO and not (len(bits) == 1 and image.mode in ("1", "L") and not signed):
        changed = _inverted(averageable(changed))
    if changed is not image:
        changed.info = image.info
        changed.format = image.format
    return changed


def _scaled(image: Image.Image, bits: int, signed: bool) -> Image.Image:
    """Return grey samples as 8 bits where Pillow's mode does not say how bright the brightest is."""
    samples = np.asarray(image) if image.mode in ("I", "I;16", "I;16B", "L") else None
    if samples is None or not (signed or bits in (12, 32)):
        return image
    if image.mode == "I" and bits == 32 and not signed:
        samples = samples.view(np.uint32)
    if image.mode == "L":
        samples = samples.view(np.int8)
    peak = int(samples.max(initial=0))
    if bits == 32:  # of so many bits most pictures use few
        brightest = next(limit for limit in (0xFF, 0xFFFF, 0x7FFFFFFF if signed else 0xFFFFFFFF) if peak <= limit)
    else:
        brightest = (1 << (bits - 1 if signed else bits)) - 1
    return Image.fromarray((np.clip(samples, 0, brightest) * (255 / brightest)).astype(np.uint8))


def _inverted(image: Image.Image) -> Image.Image:
    """Return grey with black and white exchanged; transparency stays."""
    if image.mode in ("LA", "RGBA"):
        *grey, alpha = image.split()
        return Image.merge(image.mode, [*map(ImageChops.invert, grey), alpha])
    return ImageChops.invert(image.convert("L"))
