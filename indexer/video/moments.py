"""From a video to the moments worth embedding: about one per scene, each with its time.

The public side of the video modules: video_length.py checks that the file is whole, video_container.py opens it,
video_frames.py decodes what is looked at, video_shape.py makes pictures of that, video_scenes.py chooses, and
video_metadata.py reads the tags. Nothing here embeds or stores. HDR is not tone-mapped. No file but the one given is
read.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from indexer.decoding.metadata import Metadata
from indexer.decoding.stated_length import whole_head
from indexer.errors import PictureError, UnreachablePicture
from indexer.video.container import Footage
from indexer.video.frames import CUT_SHORT, Frames, Timed
from indexer.video.scenes import Shot, new_shots
from indexer.video.tags import metadata_of
from indexer.video.upright import Shape


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture of a video."""

    at_ms: int  # milliseconds from the start of the video
    image: Image.Image  # RGB, upright; its shorter side is at least 2 * smallest where the video's is


@dataclass(frozen=True, slots=True)
class Video:
    """What is known of a video before its moments."""

    width: int  # pixels as shown: upright, with square pixels
    height: int
    format: str  # the container, such as MP4, MKV or WEBM
    metadata: Metadata


def open_video(source: BinaryIO, name: str, smallest: int | None = None) -> tuple[Video, Iterator[Moment]]:
    """Open a video and return what it is, and its moments in order of time, decoded as they are asked for.

    With smallest, images are reduced, the shorter side to twice that at least. Opening and iterating raise PictureError
    if it is no video, truncated, encrypted, without pictures, or PyAV is not there. The source stays open.
    """
    with _as_picture_errors():
        head = whole_head(source)
        footage = Footage(source)
        frames = iter(Frames(footage))
        first = next(frames, None)
        if first is None:
            raise PictureError("no frame of this video can be decoded; it may be encrypted or damaged")
        shape = Shape(footage.stream, smallest)
        width, height = shape.upright(first.frame)
        video = Video(width, height, footage.format_name(head), metadata_of(footage))
        shots = _shots(itertools.chain([first], frames), shape)
        return video, _to_the_end(footage, _moments(new_shots(shots, footage.seconds)))


def _shots(frames: Iterable[Timed], shape: Shape) -> Iterator[Shot]:
    for at, frame in frames:
        yield Shot.of(at, shape.picture(frame))


def _moments(shots: Iterable[Shot]) -> Iterator[Moment]:
    for shot in shots:
        yield Moment(max(0, round(shot.at * 1000)), shot.image)


def _to_the_end(footage: Footage, moments: Iterator[Moment]) -> Iterator[Moment]:
    """Close the container after the last moment, or when no more are asked for."""
    with _as_picture_errors(), footage.container:
        yield from moments


@contextlib.contextmanager
def _as_picture_errors() -> Iterator[None]:
    """Turn what the decoders raise into the error of this one file."""
    try:
        yield
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError("too large for the memory of this machine") from error
    except Exception as error:
        # FFmpeg's errors have numbers too, but only the system's own may be otherwise at the next try.
        system = isinstance(error, OSError) and error.errno and not type(error).__module__.startswith("av.")
        kind = UnreachablePicture if system else PictureError
        raise kind(_reason(error)) from error


def _reason(error: Exception) -> str:
    """Say in a few words why a video could not be decoded."""
    match type(error).__name__:
        case "InvalidDataError" | "ArgumentError":
            return "not a video in a known format, or damaged"
        case "EOFError":
            return CUT_SHORT
        case "PermissionError":
            return "no permission to read it"
    return " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__
