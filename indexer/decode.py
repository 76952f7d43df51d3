"""From a file to an upright RGB picture, or a PictureError that says why not.

Pillow's guard against decompression bombs stays on. Files are only ever opened for reading.
"""

from __future__ import annotations

import contextlib
import stat
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from indexer.errors import PictureError, UnreachablePicture

LONGEST = 16  # times the shorter side


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture."""

    image: Image.Image  # RGB, upright; of a very thin picture the middle, up to LONGEST times the shorter side
    width: int  # pixels, upright
    height: int
    format: str  # Pillow's name of the file format, such as JPEG


def open_picture(path: Path) -> Picture:
    """Decode the whole file (of an animation, the first frame), upright and in RGB.

    Raises PictureError with the reason if the file is missing, empty, truncated, no picture, or a bomb.
    """
    _register_heif()
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise PictureError("not a file" if not stat.S_ISDIR(status.st_mode) else "a folder, not a picture")
        if status.st_size == 0:
            raise PictureError("the file is empty")
        with Image.open(path) as image:
            image.load()
            upright = to_rgb(_upright(image))
            return Picture(_middle(upright), upright.width, upright.height, image.format or "unknown")
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


def to_rgb(image: Image.Image) -> Image.Image:
    """Return the picture in 8-bit RGB: transparency on white, 16-bit and float samples scaled."""
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bit(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        image = paper
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit integer (used for 16-bit samples) or float samples (0..1 or 0..255) to 8 bits."""
    samples = np.asarray(image).astype(np.float32)
    peak = float(samples.max(initial=0.0))
    if image.mode == "F":
        scale = 255.0 if peak <= 1.0 else 1.0
    else:
        scale = 1.0 if image.mode == "I" and peak <= 255 else 255.0 / 65535.0
    return Image.fromarray(np.clip(np.nan_to_num(samples * scale), 0, 255).astype(np.uint8))


def _middle(image: Image.Image) -> Image.Image:
    """Cut a very thin picture: scaled to a model's height, the whole of it would take gigabytes."""
    longest = LONGEST * min(image.size)
    if max(image.size) <= longest:
        return image
    width, height = min(image.width, longest), min(image.height, longest)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _upright(image: Image.Image) -> Image.Image:
    """Apply the EXIF orientation; broken EXIF never fails a picture."""
    with contextlib.suppress(Exception):
        return ImageOps.exif_transpose(image)
    return image


def _reason(error: Exception) -> str:
    """Say in a few words why a file could not be decoded."""
    match error:
        case UnidentifiedImageError():
            return "not a picture in a known format, or damaged"
        case Image.DecompressionBombError():
            return "more pixels than Pillow's limit against decompression bombs allows"
        case FileNotFoundError():
            return "no such file"
        case PermissionError():
            return "no permission to read it"
    text = " ".join(str(error).split())
    return text or type(error).__name__


@cache
def _register_heif() -> None:
    """Teach Pillow to read HEIC and HEIF, once."""
    import pillow_heif

    pillow_heif.register_heif_opener()
