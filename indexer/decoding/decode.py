"""From a file to an upright sRGB picture, or a PictureError that says why not.

Models look at a few hundred pixels: with `smallest`, a picture is decoded at a fraction of its size where the format
allows (loading.py), else reduced before the expensive steps. Files are only ever opened for reading.
"""

from __future__ import annotations

import stat
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from indexer.colour.deep_samples import reduced
from indexer.decoding.colour import averageable, to_rgb
from indexer.decoding.kinds import is_raw_by_its_bytes, kind_of, raw_format
from indexer.decoding.limits import TOO_LARGE
from indexer.decoding.loading import load
from indexer.decoding.reasons import as_picture_errors
from indexer.decoding.said import NOTHING, Said, what_a_preview_says
from indexer.decoding.tiff_tags import followed
from indexer.errors import PictureError, reason_of
from indexer.files.formats import is_raw
from indexer.metadata.metadata import Metadata
from indexer.metadata.stills import read_metadata

LARGEST_RATIO = 16  # of the longer side to the shorter one
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture."""

    image: Image.Image  # sRGB, upright, perhaps reduced; of a very thin picture only the middle
    width: int  # pixels of the whole picture, upright
    height: int
    format: str  # Pillow's name of the file format, such as JPEG, or a RAW file's suffix, such as DNG
    metadata: Metadata
    note: str | None = None  # what of the file could not be read


def open_picture(path: Path, smallest: int | None = None) -> Picture:
    """Decode a file; see decode_picture.

    Raises PictureError with the reason if the file is missing, empty, truncated, not a picture, or a bomb.
    """
    with as_picture_errors(_explain):
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise PictureError("not a file" if not stat.S_ISDIR(status.st_mode) else "a folder, not a picture")
        if status.st_size == 0:
            raise PictureError("the file is empty")
        with path.open("rb") as file:
            return decode_picture(file, path.name, smallest)


def decode_picture(source: BinaryIO, name: str, smallest: int | None = None, *, whole: bool = False) -> Picture:
    """Decode a picture (of an animation, the first frame that shows something), upright and in sRGB.

    `source` is seekable; `name` is the file's, for its suffix marks RAW files. With `smallest`, a model's input size in
    pixels, the picture may come reduced; sides of at least twice that many pixels stay so. With `whole` all of a very
    thin picture comes, too. Raises PictureError.
    """
    with as_picture_errors(_explain), _without_warnings():
        if kind_of(source, name) != "raw":
            return _still_picture(source, smallest, whole)
        try:
            return _raw_picture(source, name, smallest)
        except PictureError:
            if not (is_raw(name) and is_raw_by_its_bytes(source)):  # what is not both may be something else
                with suppress(Exception):
                    return _still_picture(source, smallest, whole)
            raise


def _still_picture(source: BinaryIO, smallest: int | None, all_of_it: bool) -> Picture:
    """Decode a picture of any format but a camera's RAW."""
    loaded = load(source, smallest)
    image = loaded.image
    # After loading, as Pillow turns a TIFF upright itself and drops the tag.
    metadata = read_metadata(loaded.head, source=source)
    # JPEG XL turns its pixels itself and its EXIF orientation does not count, unless it is a repacked JPEG.
    turned = image.format == "JXL" and not getattr(image, "jpeg", False)
    orientation, whole = 1 if turned else metadata.orientation or 1, loaded.whole
    if (cropped := loaded.said.turned(image)) is not None:
        image, orientation, whole = cropped, 1, cropped.size
    width, height = whole[::-1] if orientation >= 5 else whole
    upright = _finished(image, orientation, smallest, loaded.said, all_of_it)
    return Picture(upright, width, height, image.format or "unknown", metadata, loaded.note)


def _raw_picture(source: BinaryIO, name: str, smallest: int | None) -> Picture:
    """Decode a camera's RAW file."""
    from indexer.decoding.raw import open_raw

    raw = open_raw(source, smallest)
    metadata = read_metadata(raw.image, raw.exif)
    upright = _finished(raw.image, raw.orientation, smallest, what_a_preview_says(raw.image, raw.exif))
    return Picture(upright, raw.width, raw.height, raw_format(source, name), metadata)


def _finished(
    image: Image.Image, orientation: int, smallest: int | None, said: Said = NOTHING, all_of_it: bool = False
) -> Image.Image:
    """Reduce a decoded picture, then bring it to sRGB and upright."""
    profile = said.counting_profile(image)
    margin = 4 if image.mode == "1" else 2  # models see more of dithered dots than of a photo's grain
    factor = min(said.size or image.size) // (margin * smallest) if smallest else 1
    if said.samples is not None:
        image = said.in_srgb(reduced(said.samples, factor) if factor > 1 else said.samples)
    else:
        image = averageable(followed(image))
        image = said.in_srgb(image.reduce(factor) if factor > 1 else image)
    image = to_rgb(image if all_of_it else middle_if_thin(image), profile)
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def middle_if_thin(image: Image.Image) -> Image.Image:
    """Return only the middle of a very thin picture: scaled to a model's height, all of it would take gigabytes."""
    longest = LARGEST_RATIO * min(image.size)
    if max(image.size) <= longest:
        return image
    width, height = min(image.width, longest), min(image.height, longest)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _explain(error: Exception) -> str | None:
    """Return what an error of Pillow's own means."""
    match error:
        case UnidentifiedImageError():
            return "not a picture in a known format, or damaged"
        case Image.DecompressionBombError():
            return TOO_LARGE
        case OSError(errno=None) | SyntaxError() | ValueError() | struct.error() | zlib.error():
            return f"damaged: it can't be decoded ({reason_of(error)})"
    return None


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Suppress the decoders' warnings about broken EXIF and about sizes that the guard allows."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif|pillow_jxl|rawpy)\b")
        yield
