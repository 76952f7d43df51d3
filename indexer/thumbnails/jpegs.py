"""A picture as a JPEG for whoever can look at no other format: so large, so many bytes at most, and nothing but pixels.

Done in a worker process, as all of jobs.py: upright, in sRGB, without EXIF, XMP, profile or comment.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from indexer.decoding.kinds import kind_of
from indexer.errors import PictureError
from indexer.files.found import FoundFile
from indexer.thumbnails.jobs import digest_now, has_signature
from indexer.thumbnails.making import GAP, opened

if TYPE_CHECKING:
    from PIL import Image

QUALITIES = (88, 80, 70, 60)  # of JPEG, tried one after another; below, fewer pixels show more
SHRINK = 0.85  # of the sides, where none of them is small enough
LEAST_SIDE = 16  # pixels, which always fit

Crop = tuple[float, float, float, float]  # left, top, right, bottom as parts of the upright picture, 0..1
WHOLE: Crop = (0.0, 0.0, 1.0, 1.0)


class Jpeg(NamedTuple):
    """A picture as JPEG."""

    content: bytes
    width: int  # pixels
    height: int


class Shown(NamedTuple):
    """What a file shows now."""

    jpeg: Jpeg
    width: int  # pixels of the whole picture, upright
    height: int
    as_known: bool  # whether the file holds the bytes that the library knows


class _Decoded(NamedTuple):
    image: Image.Image  # perhaps reduced
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """The picture in a file, of a video the moment at so many seconds, or a part of it; never enlarged."""

    path: Path
    side: int  # pixels of the longer side at most
    most_bytes: int
    crop: Crop = WHOLE
    at: float | None = None
    known: FoundFile | None = None  # the file's signature
    digest: bytes | None = None  # of the known file

    def do(self) -> Shown:
        """Decode and encode; raises PictureError."""
        with opened(self.path) as source:
            as_known = has_signature(source, self.known) or (
                self.digest is not None and digest_now(source) == self.digest
            )
            decoded = self._decoded(source)
        image = part_of(decoded.image, self.crop, self.side)
        return Shown(jpeg_within(image, self.most_bytes), decoded.width, decoded.height, as_known)

    def _decoded(self, source: BinaryIO) -> _Decoded:
        """Decode as large as the part needs; where memory does not suffice for that, as large as the whole would."""
        of_whole, of_part = _smallest(WHOLE, self.side), _smallest(self.crop, self.side)
        try:
            return _decode(source, self.path.name, self.at, of_part)
        except PictureError as error:
            if of_part == of_whole or not isinstance(error.__cause__, MemoryError):
                raise
        return _decode(source, self.path.name, self.at, of_whole)


def _decode(source: BinaryIO, name: str, at: float | None, smallest: int) -> _Decoded:
    if kind_of(source, name) == "video":
        from indexer.video.moments import picture_at

        return _Decoded(*picture_at(source, round((at or 0.0) * 1000), smallest))
    from indexer.decoding.decode import decode_picture

    picture = decode_picture(source, name, smallest, whole=True)
    return _Decoded(picture.image, picture.width, picture.height)


def _smallest(crop: Crop, side: int) -> int:
    """Return the `smallest` with which a picture is decoded so large that a part of it has `side` pixels, if it can.

    The longer side of the part is at least its longer fraction of the picture's shorter side.
    """
    left, top, right, bottom = crop
    return max(1, math.ceil(side / max(right - left, bottom - top) / 2))


def part_of(image: Image.Image, crop: Crop, side: int) -> Image.Image:
    """Return a part of a picture, at least a pixel, its longer side at most `side` pixels."""
    from PIL import Image

    left, top = (min(int(size * edge), size - 1) for size, edge in zip(image.size, crop[:2], strict=True))
    right, bottom = (math.ceil(size * edge) for size, edge in zip(image.size, crop[2:], strict=True))
    part = image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
    part.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=GAP)
    return part


def jpeg_within(image: Image.Image, most_bytes: int) -> Jpeg:
    """Return a picture as JPEG of at most so many bytes: its quality goes down, and then its size."""
    from PIL import Image

    image.info = {}  # Pillow would write a comment that stands there
    while True:
        for quality in QUALITIES:
            stream = io.BytesIO()
            image.save(stream, "JPEG", quality=quality)
            if stream.tell() <= most_bytes or max(image.size) <= LEAST_SIDE:
                return Jpeg(stream.getvalue(), *image.size)
        smaller = [max(1, round(side * SHRINK)) for side in image.size]
        image = image.resize((smaller[0], smaller[1]), Image.Resampling.LANCZOS)
