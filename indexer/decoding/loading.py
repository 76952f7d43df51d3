"""From a file to decoded samples, at a fraction of the size where the format can do that.

Pillow's guard against decompression bombs stays on: what has to be decoded in full may have twice
Image.MAX_IMAGE_PIXELS (179 million), as Pillow has it. Phones make pictures of 200 million, so a JPEG may have twice
as many again if what is decoded of it is within the guard.
"""

from __future__ import annotations

from functools import cache
from typing import BinaryIO

from PIL import Image

from indexer.decoding import jpeg_xl
from indexer.decoding.truncation import check_length
from indexer.errors import PictureError

GUARD, SCALED_GUARD = 2, 4  # times Image.MAX_IMAGE_PIXELS: what is decoded; a JPEG that is decoded at a fraction
JPEGS = ("JPEG", "MPO")
SCALED = (*JPEGS, "JPEG2000")  # the formats of which load_image() may decode a fraction


def open_image(source: BinaryIO) -> Image.Image:
    """Identify a file and read its head; the guard is Pillow's, save for JPEG and JPEG XL."""
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
    # A progressive JPEG is held in memory whole, however small it is to come out.
    _guard(image.size, GUARD if "progressive" in image.info else SCALED_GUARD)
    return image


def _open_jpeg_xl(source: BinaryIO, head: bytes) -> Image.Image:
    """Open, which is to decode, a JPEG XL picture."""
    if size := jpeg_xl.size_of(head):
        _guard(size, GUARD)
    try:
        from pillow_jxl import JpegXLImagePlugin
    except ImportError as error:
        raise PictureError("JPEG XL: to read it, run: pip install 'clipsearch[jxl]'") from error
    JpegXLImagePlugin.DECODE_THREADS = 0  # as in _register_plugins
    try:
        return Image.open(source)
    except RuntimeError as error:
        raise PictureError("a damaged JPEG XL picture") from error  # the plugin speaks of building libjxl


def _guard(size: tuple[int, int], times: int) -> None:
    """Raise DecompressionBombError for a picture of more than so many times Image.MAX_IMAGE_PIXELS."""
    if Image.MAX_IMAGE_PIXELS is not None and size[0] * size[1] > times * Image.MAX_IMAGE_PIXELS:
        raise Image.DecompressionBombError


def load_image(source: BinaryIO, image: Image.Image, smallest: int | None) -> Image.Image:
    """Decode; at a fraction of the size if the format can do that."""
    if image.format == "JPEG2000" and smallest:
        return _jpeg_2000(source, image, smallest)
    scale_jpeg(image, smallest)
    _guard(image.size, GUARD)
    image.load()
    return image


def scale_jpeg(image: Image.Image, smallest: int | None) -> None:
    """Have a JPEG decoded at a half, a quarter or an eighth."""
    if smallest and image.format in JPEGS:  # HEIC would give its thumbnail, whatever that shows
        image.draft(None, (2 * smallest, 2 * smallest))


def _jpeg_2000(source: BinaryIO, image: Image.Image, smallest: int) -> Image.Image:
    """Decode a JPEG 2000 picture without its finest levels of resolution."""
    for levels in range((min(image.size) // (2 * smallest)).bit_length() - 1, 0, -1):
        try:
            image.reduce = levels  # type: ignore[assignment, method-assign]
            image.load()
            image.reduce = 0  # type: ignore[assignment, method-assign]  # hidden by it: the method of all pictures
            return image
        except OSError:  # fewer levels in the file, or a size that Pillow rounds otherwise than OpenJPEG
            image = Image.open(source)
    image.load()
    return image


@cache
def _register_plugins() -> None:
    """Teach Pillow to read HEIC and HEIF, once; decode in one thread: there is one process per core."""
    import pillow_heif
    from PIL import AvifImagePlugin

    pillow_heif.register_heif_opener(decode_threads=1)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
