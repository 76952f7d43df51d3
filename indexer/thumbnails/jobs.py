"""What worker processes are asked for: a small picture of a file, or the pixels of bytes that someone sent.

Each job is sent to a worker, done there, and its answer sent back. It raises PictureError, or whatever decoders do.
"""

from __future__ import annotations

import io
import itertools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from indexer.decoding.kinds import kind_of
from indexer.decoding.limits import TOO_LARGE, allowing
from indexer.errors import PictureError
from indexer.files.content import MOST_IN_MEMORY, digest_of, pieces
from indexer.files.found import FoundFile, found_file
from indexer.thumbnails.making import opened, small_of, webp

if TYPE_CHECKING:
    from PIL import Image

    from indexer.models.preprocess import Pixels, Preprocess

UPLOAD_MEGAPIXELS = 100
MOMENTS = 32  # of a video that was sent: what it mostly shows is their mean


class Small(NamedTuple):
    """A small picture, and the bytes of which file it shows."""

    webp: bytes
    digest: bytes | None  # None if that is not known, as of a file that changed meanwhile


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """The picture in a file, of a video the moment at so many seconds, at most side x side pixels.

    A file with the `known` signature is taken to hold the bytes that the library knows; of another they are hashed.
    """

    path: Path
    side: int
    at: float | None = None
    known: FoundFile | None = None
    digest: bytes | None = None  # of the known file

    def do(self) -> Small:
        """Decode, and say of which bytes; raises PictureError."""
        with opened(self.path) as source:
            before = _signature(source)
            digest = self.digest if has_signature(source, self.known) else digest_now(source)
            content = webp(small_of(source, self.path.name, self.side, self.at))
            return Small(content, digest if _signature(source) == before else None)


class Prepared(NamedTuple):
    """What a model needs of a picture that was sent."""

    pixels: Pixels  # (n, height, width, 3): of a picture one, of a video some moments
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Upload:
    """The pixels of a picture or a short video that someone sent, for a model's preprocessing."""

    content: bytes
    preprocess: Preprocess
    megapixels: float = UPLOAD_MEGAPIXELS

    def do(self) -> Prepared:
        """Decode and preprocess; raises PictureError."""
        import numpy as np

        from indexer.decoding.limits import MILLION, most_pixels

        if not self.content:
            raise PictureError("the file is empty")
        try:
            with allowing(min(self.megapixels, most_pixels() / MILLION)):
                width, height, images = self._images(io.BytesIO(self.content))
        except PictureError as error:
            if str(error).startswith(TOO_LARGE):
                raise PictureError(f"it has more than the {self.megapixels:g} megapixels that can be sent") from error
            raise
        return Prepared(np.stack([self.preprocess(image) for image in images]), width, height)

    def _images(self, source: BinaryIO) -> tuple[int, int, list[Image.Image]]:
        """Return width and height, and the pictures."""
        smallest = self.preprocess.smallest
        if kind_of(source, "") == "video":
            from indexer.video.moments import open_video

            video, moments = open_video(source, smallest)
            return video.width, video.height, [moment.image for moment in itertools.islice(moments, MOMENTS)]
        from indexer.decoding.decode import decode_picture

        picture = decode_picture(source, "", smallest)
        return picture.width, picture.height, [picture.image]


def has_signature(source: BinaryIO, known: FoundFile | None) -> bool:
    """Return whether an open file is as a library knows it; libraries of old versions know no ctime."""
    if known is None:
        return False
    actual = _signature(source)
    ctime = actual.ctime_ns if known.ctime_ns is None else known.ctime_ns
    return actual == known._replace(path="", ctime_ns=ctime)


def _signature(source: BinaryIO) -> FoundFile:
    return found_file("", os.fstat(source.fileno()))


def digest_now(source: BinaryIO) -> bytes | None:
    """Return the hash of an open file's bytes, None for one too large to be read for that alone."""
    if os.fstat(source.fileno()).st_size > MOST_IN_MEMORY:
        return None
    digest = digest_of(pieces(source))
    source.seek(0)
    return digest
