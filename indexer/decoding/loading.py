"""From a file to decoded samples, at a fraction of the size where the format allows.

What isn't pixels never costs the pixels: a file whose profile, text, tags or EXIF the decoder stumbles over is decoded
without those (indexer/side_data). One limit on the size holds for all formats (limits.py).
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from indexer.decoding.jpeg import TRUNCATED, decode_jpeg, unreadable_kind
from indexer.decoding.limits import check_size
from indexer.decoding.odd_tiff import open_odd_tiff
from indexer.decoding.said import NOTHING, Said, what_is_said
from indexer.decoding.shown_frame import show_frame
from indexer.decoding.tiff_tags import check_jpegs, open_any, teach_pillow, well_read
from indexer.errors import PictureError
from indexer.installation import needs_extra
from indexer.metadata.exif import light_exif
from indexer.side_data import jpeg_xl
from indexer.side_data.directories import ORIENTATION, is_tiff
from indexer.side_data.file_bytes import FileBytes
from indexer.side_data.jpeg import JPEG
from indexer.side_data.picture_page import picture_page
from indexer.side_data.stated_length import stated_end
from indexer.side_data.strip import less_side_data
from indexer.side_data.tiff import all_make_sense, exif_of, is_light

JPEGS = ("JPEG", "MPO")
CUT_SHORT = ("image file is truncated", "Truncated File Read")  # as Pillow says it
WITHOUT_SIDE_DATA = "side data that can't be read (texts, profile, EXIF or the like) was left out"
TURNS_IT = frozenset((ORIENTATION,))
_UNGUARDED = threading.Lock()  # held while Pillow's own limit is off, for a file that is beyond it
ORDINARY_EXIF = 2**16  # bytes, the most that a JPEG holds
MOST_COPIED = 1024**3  # bytes of a file that is copied to try it without its side data


@dataclass(frozen=True, slots=True)
class Loaded:
    """Decoded samples, with all that the file says of them."""

    image: Image.Image  # with Pillow's name of the format, and the profile in its info
    whole: tuple[int, int]  # the picture's width and height in pixels before it is turned
    head: Image.Image  # the file as Pillow opened it, with all that it says of itself
    said: Said = NOTHING  # of the samples
    note: str | None = None  # what was left out


def load(source: BinaryIO, smallest: int | None) -> Loaded:
    """Identify and decode a file, if need be without its side data.

    Raises PictureError, and whatever the decoders raise.
    """
    source = picture_page(source)
    try:
        return _load(source, smallest)
    except Exception as error:
        if isinstance(error, MemoryError):
            raise
        loaded = _without_what_is_odd(source, smallest, error)
        if loaded is not None:
            return loaded
        if reason := _reason(source, error):
            raise PictureError(reason) from error
        raise


def _reason(source: BinaryIO, error: Exception) -> str | None:
    """Return what is wrong with a file that could not be decoded, where the decoder does not say it."""
    size = source.seek(0, os.SEEK_END)
    if str(error).startswith(CUT_SHORT) or stated_end(source, size) > size:
        return TRUNCATED
    source.seek(0)
    content = source.read(MOST_COPIED)
    return unreadable_kind(content) if content.startswith(JPEG) else None


def _without_what_is_odd(source: BinaryIO, smallest: int | None, error: Exception) -> Loaded | None:
    """Return what can be decoded of a file that `error` came of, without its side data or by another library."""
    for content in _without_side_data(source):
        try:
            loaded = _load(io.BytesIO(content), smallest)
        except Exception:  # noqa: S112  # the first error says what is wrong with the file as it is
            continue
        return replace(loaded, note=WITHOUT_SIDE_DATA)
    source.seek(0)
    if not is_tiff(source.read(4)):
        return None
    image = open_odd_tiff(source, isinstance(error, UnidentifiedImageError))
    return None if image is None else Loaded(image, image.size, image)


def _without_side_data(source: BinaryIO) -> Iterator[bytes]:
    source.seek(0)
    content = source.read(MOST_COPIED + 1)
    return less_side_data(content) if len(content) <= MOST_COPIED else iter(())


def _load(source: BinaryIO, smallest: int | None) -> Loaded:
    """Identify and decode, however large it is to Pillow: the limit here is another."""
    try:
        return _load_guarded(source, smallest)
    except Image.DecompressionBombError:
        with _UNGUARDED:
            before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
            try:
                return _load_guarded(source, smallest)
            finally:
                Image.MAX_IMAGE_PIXELS = before


def _load_guarded(source: BinaryIO, smallest: int | None) -> Loaded:
    """Identify and decode what is within Pillow's limit, while that is on."""
    opened = open_image(source)
    _lighten_exif(source, opened)
    whole, said = opened.size, what_is_said(source, opened)
    if opened.format in JPEGS:
        return Loaded(load_jpeg(source, opened, smallest), whole, opened, said)
    if opened.format == "JPEG2000" and smallest:
        return Loaded(_jpeg_2000(source, opened, smallest), whole, opened, said)
    if not said.is_decoded(opened):
        show_frame(opened)
        opened.load()
    if opened.format == "TIFF":
        check_jpegs(source)
        _keep_sound_tags(source, opened)
    return Loaded(opened, said.size or opened.size, opened, said)  # some formats know their size only after decoding


def _lighten_exif(source: BinaryIO, opened: Image.Image) -> None:
    """Drop what is too large of EXIF that no JPEG could hold: whoever looks at a tag makes objects of many."""
    content = opened.info.get("exif")
    if isinstance(content, bytes) and len(content) > ORDINARY_EXIF:
        opened.info["exif"] = light_exif(content)
    elif opened.format == "TIFF" and content is None:
        file = FileBytes(source)
        if is_tiff(file) and not is_light(file):
            opened.info["exif"] = exif_of(file)


def _keep_sound_tags(source: BinaryIO, opened: Image.Image) -> None:
    """Give a TIFF with a tag that makes no sense the others as EXIF; by now Pillow has turned it upright."""
    content = FileBytes(source)
    if is_tiff(content) and not all_make_sense(content):
        opened.info["exif"] = exif_of(content, without=TURNS_IT)


def open_image(source: BinaryIO) -> Image.Image:
    """Identify a file and read its head; raises PictureError if it is too large."""
    _register_plugins()
    source.seek(0)
    head = source.read(jpeg_xl.HEAD)
    if jpeg_xl.is_jpeg_xl(head):
        return _open_jpeg_xl(source, head)
    source.seek(0)
    image = well_read(source, open_any(source))
    check_size(*image.size)
    return image


def _open_jpeg_xl(source: BinaryIO, head: bytes) -> Image.Image:
    """Open a JPEG XL picture, which decodes it."""
    if size := jpeg_xl.size_of(head):
        check_size(*size)
    try:
        from pillow_jxl import JpegXLImagePlugin
    except ImportError as error:
        raise PictureError(f"JPEG XL, which {needs_extra('jxl')}") from error
    JpegXLImagePlugin.DECODE_THREADS = 0  # as in _register_plugins
    try:
        source.seek(0)
        return Image.open(source)
    except RuntimeError as error:
        raise ValueError("JPEG XL") from error  # the plugin speaks of building libjxl


def scale_jpeg(image: Image.Image, smallest: int | None) -> None:
    """Set a JPEG that Pillow decodes to a half, a quarter or an eighth."""
    if smallest and image.format in JPEGS:  # not others: a HEIC would give its thumbnail, whatever that shows
        image.draft(None, (2 * smallest, 2 * smallest))


def load_jpeg(source: BinaryIO, opened: Image.Image, smallest: int | None) -> Image.Image:
    """Decode a JPEG at a half, a quarter or an eighth."""
    source.seek(0)
    image = decode_jpeg(source.read(), smallest)
    if image is None:
        scale_jpeg(opened, smallest)
        opened.load()
        return opened
    image.info = opened.info
    image.format = opened.format
    return image


def _jpeg_2000(source: BinaryIO, image: Image.Image, smallest: int) -> Image.Image:
    """Decode a JPEG 2000 picture without its highest resolution levels."""
    for levels in range((min(image.size) // (2 * smallest)).bit_length() - 1, 0, -1):
        try:
            image.reduce = levels  # type: ignore[assignment, method-assign]
            image.load()
            image.reduce = 0  # type: ignore[assignment, method-assign]  # hidden by it: the method of all pictures
            return image
        except OSError:  # the file has fewer levels, or Pillow rounds its size otherwise than OpenJPEG does
            source.seek(0)
            image = Image.open(source)
    image.load()
    return image


@cache
def _register_plugins() -> None:
    """Let Pillow read HEIC and HEIF; decoders use one thread each, since there is one process per core."""
    import pillow_heif
    from PIL import AvifImagePlugin

    for plugin in ("Jpeg2KImagePlugin", "WebPImagePlugin"):  # or Pillow would import all that it has
        import_module(f"PIL.{plugin}")
    pillow_heif.register_heif_opener(decode_threads=1)
    teach_pillow()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
