"""From a file to decoded samples, at a fraction of the size where the format allows.

Pillow's guard against decompression bombs stays on: as in Pillow, what is decoded in full may have twice
Image.MAX_IMAGE_PIXELS (179 million). Phones make pictures of 200 million, so a JPEG may have twice as many again if
what is decoded of it is within the guard.
"""

from __future__ import annotations

from functools import cache
from typing import BinaryIO

from PIL import Image

from indexer.decoding import jpeg_xl
from indexer.decoding.truncation import check_length
from indexer.errors import PictureError
from indexer.installation import needs_extra

GUARD, SCALED_GUARD = 2, 4  # times Image.MAX_IMAGE_PIXELS: of what is decoded; of a JPEG decoded at a fraction
JPEGS = ("JPEG", "MPO")
SCALED = (*JPEGS, "JPEG2000")  # the formats that load_image() may decode at a fraction


def open_image(source: BinaryIO) -> Image.Image:
    """Identify a file and read its head; the guard is Pillow's, except for JPEG and JPEG XL."""
    _register_plugins()
    source.seek(0)
    head = source.read(jpeg_xl.HEAD)
    if jpeg_xl.is_jpeg_xl(head):
        return _open_jpeg_xl(source, head)
    try:
        image = Image.open(source)
    except Image.DecompressionBombError:
        if not head.startswith(b"\xff\xd8\xff"):
            raise
    except OSError:
        check_length(source)  # which may know why
        raise
    else:
        check_length(source)
        return image
    from PIL import JpegImagePlugin

    source.seek(0)
    image = JpegImagePlugin.jpeg_factory(source)
    # A progressive JPEG is held in memory whole, however small the result.
    _guard(image.size, GUARD if "progressive" in image.info else SCALED_GUARD)
    return image


def _open_jpeg_xl(source: BinaryIO, head: bytes) -> Image.Image:
    """Open a JPEG XL picture, which decodes it."""
    if size := jpeg_xl.size_of(head):
        _guard(size, GUARD)
    try:
        from pillow_jxl import JpegXLImagePlugin
    except ImportError as error:
        raise PictureError(f"JPEG XL, which {needs_extra('jxl')}") from error
    JpegXLImagePlugin.DECODE_THREADS = 0  # as in _register_plugins
    try:
        return Image.open(source)
    except RuntimeError as error:
        raise PictureError("a damaged JPEG XL picture") from error  # the plugin speaks of building libjxl


def _guard(size: tuple[int, int], times: int) -> None:
    """Raise DecompressionBombError for a picture of more than `times` Image.MAX_IMAGE_PIXELS."""
    if Image.MAX_IMAGE_PIXELS is not None and size[0] * size[1] > times * Image.MAX_IMAGE_PIXELS:
        raise Image.DecompressionBombError


def load_image(source: BinaryIO, image: Image.Image, smallest: int | None) -> Image.Image:
    """Decode, at a fraction of the size if the format allows."""
    if image.format == "JPEG2000" and smallest:
        return _jpeg_2000(source, image, smallest)
    scale_jpeg(image, smallest)
    _guard(image.size, GUARD)
    image.load()
    return image


def scale_jpeg(image: Image.Image, smallest: int | None) -> None:
    """Set a JPEG to be decoded at a half, a quarter or an eighth."""
    if smallest and image.format in JPEGS:  # a HEIC would give its thumbnail, whatever that shows
        image.draft(None, (2 * smallest, 2 * smallest))


def _jpeg_2000(source: BinaryIO, image: Image.Image, smallest: int) -> Image.Image:
    """Decode a JPEG 2000 picture without its highest resolution levels."""
    for levels in range((min(image.size) // (2 * smallest)).bit_length() - 1, 0, -1):
        try:
            image.reduce = levels  # type: ignore[assignment, method-assign]
            image.load()
            image.reduce = 0  # type: ignore[assignment, method-assign]  # hidden by it: the method of all pictures
            return image
        except OSError:  # the file has fewer levels, or Pillow rounds its size otherwise than OpenJPEG does
            image = Image.open(source)
    image.load()
    return image


@cache
def _register_plugins() -> None:
    """Let Pillow read HEIC and HEIF; decoders use one thread each, since there is one process per core."""
    import pillow_heif
    from PIL import AvifImagePlugin

    pillow_heif.register_heif_opener(decode_threads=1)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
