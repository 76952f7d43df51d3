"""Small pictures of files: upright, in sRGB, of a video the moment that is asked for; and WebP of them.

It decodes in this process: who must survive any file asks decoder.py.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from indexer.decoding.kinds import kind_of
from indexer.errors import PictureError, UnreachablePicture, reason_of
from indexer.files.away import is_away, why_missing
from indexer.files.foreign import Unfit, open_foreign
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.names import SMALL, Thumb

if TYPE_CHECKING:
    from PIL import Image

QUALITY = 75  # of WebP
GAP = 1.5  # a larger picture is first averaged down to so many times the size, which halves the time of Lanczos
EFFORT = 2  # of its encoder: 4, Pillow's default, takes twice the time and saves 3% (benchmarks/thumbnails.py)


def small_picture(path: Path, side: int, at: float | None = None) -> Image.Image:
    """Return the picture in a file, at most side x side pixels; of a video the moment at so many seconds.

    Raises PictureError.
    """
    with opened(path) as source:
        return small_of(source, path.name, side, at)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file that may be anything; raises PictureError if there is none to read, or its bytes are elsewhere."""
    if is_away(path):  # reading it would download it
        raise UnreachablePicture(why_missing(path))
    try:
        with open_foreign(path) as source:
            if not os.fstat(source.fileno()).st_size:
                raise PictureError("the file is empty")
            yield source
    except Unfit as error:
        raise PictureError(str(error)) from error
    except OSError as error:
        raise UnreachablePicture(reason_of(error)) from error


def small_of(source: BinaryIO, name: str, side: int, at: float | None = None) -> Image.Image:
    """Return what `small_picture` does, of an open file; its name tells RAW files apart."""
    smallest = smallest_for(side)
    if kind_of(source, name) == "video":
        from indexer.video.moments import picture_at

        return shrunk(picture_at(source, round((at or 0.0) * 1000), smallest).image, side)
    from indexer.decoding.decode import decode_picture

    return shrunk(decode_picture(source, name, smallest).image, side)


def smallest_for(side: int) -> int:
    """Return the `smallest` with which a picture is decoded large enough: decoders leave twice that many pixels."""
    return max(1, side // 2)


def shrunk(image: Image.Image, side: int) -> Image.Image:
    """Return a picture at most side x side pixels; a smaller one stays as it is."""
    from PIL import Image

    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=GAP)
    return small


def webp(image: Image.Image) -> bytes:
    """Return a picture as WebP, without metadata."""
    stream = io.BytesIO()
    image.save(stream, "WEBP", quality=QUALITY, method=EFFORT)
    return stream.getvalue()


def keep_small(kept: KeptThumbnails, thumb: Thumb, image: Image.Image) -> bool:
    """Keep the small picture of a decoded one, unless it is there; return whether it is there now."""
    if not kept.has(thumb, SMALL):
        try:
            kept.put(thumb, SMALL, webp(shrunk(image, SMALL)))
        except OSError:  # no room on the disk, or a folder that can't be written
            return False
    return True
