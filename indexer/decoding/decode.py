"""From a file to an upright sRGB picture, or a PictureError that says why not.

Models look at a few hundred pixels: with `smallest`, a picture is decoded at a fraction of its size where the format
can do that (loading.py), and else reduced before the steps that cost. Files are only ever opened for reading.
"""

from __future__ import annotations

import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from indexer.decoding.colour import averageable, to_rgb
from indexer.decoding.loading import SCALED, load_image, open_image, scale_jpeg
from indexer.decoding.metadata import Metadata, either, from_exif, read_metadata
from indexer.errors import PictureError, UnreachablePicture
from indexer.files.formats import is_raw

__all__ = ["LONGEST", "Picture", "decode_picture", "open_picture", "to_rgb"]

LONGEST = 16  # times the shorter side
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

    # sRGB, upright, perhaps reduced; of a very thin picture the middle, up to LONGEST times the shorter side
    image: Image.Image
    width: int  # pixels of the whole picture, upright
    height: int
    format: str  # Pillow's name of the file format, such as JPEG, or a RAW file's suffix, such as DNG
    metadata: Metadata


def open_picture(path: Path, smallest: int | None = None) -> Picture:
    """Decode a file; see decode_picture.

    Raises PictureError with the reason if the file is missing, empty, truncated, no picture, or a bomb.
    """
    with _reasons():
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise PictureError("not a file" if not stat.S_ISDIR(status.st_mode) else "a folder, not a picture")
        if status.st_size == 0:
            raise PictureError("the file is empty")
        with path.open("rb") as file:
            return decode_picture(file, path.name, smallest)


def decode_picture(source: BinaryIO, name: str, smallest: int | None = None) -> Picture:
    """Decode a picture (of an animation, the first frame), upright and in sRGB.

    `source` can seek; `name` is the file's, whose suffix tells a RAW file. With `smallest`, a model's input size in
    pixels, the picture may come reduced: both sides stay at least twice that where they are so. Raises PictureError.
    """
    with _reasons(), _without_warnings():
        if is_raw(name):
            return _raw_picture(source, name, smallest)
        with open_image(source) as opened:
            whole = opened.size
            image = load_image(source, opened, smallest)
            if image.format not in SCALED:
                whole = image.size  # some know it only when decoded; those are decoded in full
            metadata = read_metadata(image)  # after loading: Pillow turns a TIFF upright itself and drops the tag
            # JPEG XL turns its pixels itself, and its EXIF does not count, unless it is a repacked JPEG.
            turned = image.format == "JXL" and not getattr(image, "jpeg", False)
            orientation = 1 if turned else metadata.orientation or 1
            width, height = whole[::-1] if orientation >= 5 else whole
            upright = _finished(image, orientation, smallest)
            return Picture(upright, width, height, image.format or "unknown", metadata)


def _raw_picture(source: BinaryIO, name: str, smallest: int | None) -> Picture:
    """Decode a camera's RAW file."""
    from indexer.decoding.raw import open_raw

    raw = open_raw(source, smallest)
    scale_jpeg(raw.image, smallest)
    raw.image.load()
    metadata = either(from_exif(raw.exif), read_metadata(raw.image))
    upright = _finished(raw.image, raw.orientation, smallest)
    return Picture(upright, raw.width, raw.height, name.rpartition(".")[2].upper(), metadata)


def _finished(image: Image.Image, orientation: int, smallest: int | None) -> Image.Image:
    """Reduce a decoded picture, then bring it to sRGB and upright."""
    profile = image.info.get("icc_profile")
    margin = 4 if image.mode == "1" else 2  # of dithered dots, models see more than of a photo's grain
    image = averageable(image)
    if smallest and (factor := min(image.size) // (margin * smallest)) > 1:
        image = image.reduce(factor)
    image = to_rgb(_middle(image), profile if isinstance(profile, bytes) else None)
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def _middle(image: Image.Image) -> Image.Image:
    """Cut a very thin picture: scaled to a model's height, the whole of it would take gigabytes."""
    longest = LONGEST * min(image.size)
    if max(image.size) <= longest:
        return image
    width, height = min(image.width, longest), min(image.height, longest)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


@contextmanager
def _reasons() -> Iterator[None]:
    """Turn whatever decoding one file raises into a PictureError."""
    try:
        yield
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError("too large for the memory of this machine") from error
    except Exception as error:
        # Decoders raise whatever they like on broken files (OSError, ValueError, SyntaxError, struct.error,
        # zlib.error, ...); only the decoding of this one file is inside, so nothing else can hide here. Only
        # what the system says (an errno) may be otherwise at the next try.
        kind = UnreachablePicture if isinstance(error, OSError) and error.errno else PictureError
        raise kind(_reason(error)) from error


def _reason(error: Exception) -> str:
    """Say in a few words why a file could not be decoded."""
    match error:
        case UnidentifiedImageError():
            return "not a picture in a known format, or damaged"
        case Image.DecompressionBombError():
            return "more pixels than the limit against decompression bombs allows"
        case FileNotFoundError():
            return "no such file"
        case PermissionError():
            return "no permission to read it"
    text = " ".join(str(error).split())
    return text or type(error).__name__


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Hold back what decoders warn of: broken EXIF, and sizes that are within the guard."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif|pillow_jxl|rawpy)\b")
        yield
