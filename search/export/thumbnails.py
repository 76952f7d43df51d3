"""Small pictures of hits, for terminals and contact sheets."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from indexer.decoding.kinds import is_video_file
from indexer.errors import PictureError
from indexer.files.away import is_away, why_missing
from search.journal.os_errors import system_words
from search.results import Hit

if TYPE_CHECKING:
    from PIL import Image

QUALITY = 72  # of WebP


def thumbnail(hit: Hit, side: int) -> Image.Image:
    """Return a hit's picture, upright and in sRGB, at most side x side pixels; of a video the hit's moment.

    Raises PictureError.
    """
    from PIL import Image

    if is_away(hit.path):  # reading it would download it
        raise PictureError(why_missing(hit.path))
    image = _video_moment(hit, side) if is_video_file(hit.path) else _picture(hit, side)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


def webp(image: Image.Image) -> bytes:
    """Return a picture as WebP, without metadata."""
    stream = io.BytesIO()
    image.save(stream, "WEBP", quality=QUALITY)
    return stream.getvalue()


def _picture(hit: Hit, side: int) -> Image.Image:
    from indexer.decoding.decode import open_picture

    return open_picture(hit.path, side // 2).image  # it decodes at least twice the size asked for


def _video_moment(hit: Hit, side: int) -> Image.Image:
    """Decode up to the hit's moment; if the video has changed and has no such moment, take the one before."""
    from indexer.video.moments import open_video

    wanted = round((hit.at or 0.0) * 1000)
    try:
        with hit.path.open("rb") as source:
            _, moments = open_video(source, side // 2)
            image = None
            for moment in moments:
                if image is not None and moment.at_ms > wanted:
                    break
                image = moment.image
                if moment.at_ms >= wanted:
                    break
    except OSError as error:
        raise PictureError(system_words(error)) from error
    if image is None:
        raise PictureError("no frame of this video can be decoded")
    return image
