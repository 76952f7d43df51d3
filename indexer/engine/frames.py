"""From one file to the pixels of its pictures: it is read and hashed, decoded, and preprocessed.

What lies beside it, a sidecar or its JSON, is read along for the metadata."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from indexer.decoding.frame import Failure, Frame
from indexer.decoding.kinds import kind_of
from indexer.decoding.perceptual_hash import HASHED_SIDE, perceptual_hash
from indexer.errors import PictureError, UnreachablePicture, reason_of
from indexer.files.content import Content, read_content
from indexer.files.found import FoundFile
from indexer.metadata.beside import metadata_beside
from indexer.metadata.metadata import merged
from indexer.metadata.unread import hearing_unread
from indexer.models.preprocess import Pixels, Preprocess
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.making import keep_small, smallest_for
from indexer.thumbnails.names import SMALL, Thumb


def frames(
    root: Path, path: str, preprocess: Preprocess, thumbnails: KeptThumbnails | None = None
) -> Iterator[tuple[Frame, Pixels]]:
    """Yield a picture, or the moments of a video, with their pixels; raises PictureError.

    A small picture of each is kept in `thumbnails`, unless there is one.
    """
    smallest = max(preprocess.smallest, smallest_for(SMALL) if thumbnails else 0)
    started = time.perf_counter()
    with read_content(root, path) as content:
        read = time.perf_counter()
        with hearing_unread() as unread:
            beside = metadata_beside(root / path)
        is_video = kind_of(content.source, path) == "video"
        for frame, image in (_moments if is_video else _still)(content, path, smallest):
            pixels = _pixels(preprocess, image)
            if thumbnails is not None:
                thumb = Thumb(frame.digest, frame.at_ms if is_video else None)
                frame = dataclasses.replace(frame, thumbnail=keep_small(thumbnails, thumb, image))
            times = (read - started, time.perf_counter() - read)
            whole = dataclasses.replace(frame, metadata=merged(frame.metadata, beside), note=_notes(frame.note, unread))
            yield _timed(whole, times), pixels
            started = read = time.perf_counter()


def _still(content: Content, path: str, smallest: int) -> Iterator[tuple[Frame, Image.Image]]:
    """Yield a picture."""
    from indexer.decoding.decode import decode_picture

    with hearing_unread() as unread:
        picture = decode_picture(content.source, path, max(smallest, HASHED_SIDE))
    size = (picture.width, picture.height)
    frame = Frame(content.file, content.digest, *size, picture.format, picture.metadata)
    hashed = perceptual_hash(picture.image)
    yield dataclasses.replace(frame, perceptual_hash=hashed, note=_notes(picture.note, unread)), picture.image


def _moments(content: Content, path: str, smallest: int) -> Iterator[tuple[Frame, Image.Image]]:
    """Yield a video's moments, each when the next one is there: only then is it known not to be the last."""
    from indexer.video.moments import open_video

    video, moments = open_video(content.source, smallest)
    before = None
    for moment in moments:
        if before is not None:
            yield before
        frame = Frame(
            content.file, content.digest, video.width, video.height, video.format, video.metadata, moment.at_ms, False
        )
        before = frame, moment.image
    if before is None:
        raise PictureError("a video without a picture")
    yield dataclasses.replace(before[0], last=True), before[1]


def _notes(first: str | None, unread: Sequence[str]) -> str | None:
    """Return the notes on a file as one, None if there is none."""
    return "; ".join([*([first] if first else []), *unread]) or None


def _timed(frame: Frame, times: tuple[float, float]) -> Frame:
    return dataclasses.replace(frame, read_seconds=times[0], decode_seconds=times[1])


def _pixels(preprocess: Preprocess, image: Image.Image) -> Pixels:
    """Preprocess; a model's preprocessing may fail on an odd picture, and the run goes on without that."""
    try:
        return preprocess(image)
    except MemoryError:
        raise
    except Exception as error:
        raise UnreachablePicture(f"can't be preprocessed: {first_line(error)}") from error


def failure(file: FoundFile, error: Exception) -> Failure:
    """Return the failure that an error means."""
    if isinstance(error, PictureError):
        return Failure(file, str(error), lasting=not isinstance(error, UnreachablePicture))
    if isinstance(error, MemoryError):
        return Failure(file, reason_of(error), lasting=True)
    return Failure(file, f"can't be decoded: {first_line(error)}", lasting=True)


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text, at most 200 characters: torch writes long ones."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
