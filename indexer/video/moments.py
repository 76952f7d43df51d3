"""From a video to the moments worth embedding: about one per scene, each with its time.

The public side of this wing: side_data/stated_length.py checks that the file is whole, container.py opens it, frames.py
decodes what is looked at, upright.py makes pictures of that, scenes.py chooses, and tags.py reads the metadata.
Embeds and stores nothing, and reads no file but the given one. HDR is not tone-mapped.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from PIL import Image

from indexer.decoding.reasons import as_picture_errors
from indexer.errors import PictureError
from indexer.metadata.metadata import Metadata
from indexer.side_data.stated_length import whole_head
from indexer.video.container import Container
from indexer.video.frames import CUT_SHORT, SampledFrames, TimedFrame
from indexer.video.scenes import SceneFrame, new_scenes
from indexer.video.tags import metadata_of
from indexer.video.upright import FrameConverter


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture of a video."""

    at_ms: int  # milliseconds from the start of the video
    image: Image.Image  # RGB, upright; its shorter side is at least 2 * smallest where the video's is


@dataclass(frozen=True, slots=True)
class Video:
    """What is known of a video before its moments are decoded."""

    width: int  # pixels as shown: upright, with square pixels
    height: int
    format: str  # the container, such as MP4, MKV or WEBM
    metadata: Metadata


class Still(NamedTuple):
    """A frame of a video as a picture, perhaps reduced."""

    image: Image.Image  # RGB, upright
    width: int  # pixels of the whole frame, as in Video
    height: int


def open_video(source: BinaryIO, smallest: int | None = None) -> tuple[Video, Iterator[Moment]]:
    """Open a video and return its facts, and its moments in order of time, decoded on demand.

    With smallest, images are reduced, the shorter side to at least twice that. Opening and iterating raise PictureError
    if it is not a video, truncated, encrypted or without pictures, or if PyAV is missing. The source stays open.
    """
    with as_picture_errors(_explain):
        head = whole_head(source)
        container = Container(source)
        frames = iter(SampledFrames(container))
        first = next(frames, None)
        if first is None:
            raise PictureError("no frame of this video can be decoded; it may be encrypted or damaged")
        converter = FrameConverter(container.stream, smallest)
        width, height = converter.size(first.frame)
        video = Video(width, height, container.format_name(head), metadata_of(container))
        converted = _converted(itertools.chain([first], frames), converter)
        return video, _moments(container, new_scenes(converted, container.seconds))


def picture_at(source: BinaryIO, at_ms: int, smallest: int | None = None) -> Still:
    """Return the frame at a moment that `open_video` named, or the last one before it, without decoding all before.

    Raises PictureError as that does. The source stays open.
    """
    with as_picture_errors(_explain):
        container = Container(source)
        frames = SampledFrames(container)
        with contextlib.closing(frames.container.input):
            frame = _frame_at(frames, at_ms).frame
            converter = FrameConverter(frames.container.stream, smallest)
            return Still(converter.picture(frame), *converter.size(frame))


def _frame_at(frames: SampledFrames, at_ms: int) -> TimedFrame:
    """Return the first frame from a time on; where the video ends or breaks before, the last one."""
    found = None
    try:
        # A millisecond later, as the moment's time was rounded: else the key frame before this one would be the start.
        for found in frames.from_time((at_ms + 1) / 1000):
            if round(found.at * 1000) >= at_ms:
                break
    except PictureError:
        if found is None:
            raise
    if found is None:
        raise PictureError("no frame of this video can be decoded; it may be encrypted or damaged")
    return found


def _converted(frames: Iterable[TimedFrame], converter: FrameConverter) -> Iterator[SceneFrame]:
    for at, frame in frames:
        yield SceneFrame.of(at, converter.picture(frame))


def _moments(container: Container, frames: Iterable[SceneFrame]) -> Iterator[Moment]:
    """Yield the moments; close the container after the last one, or when the caller stops."""
    with as_picture_errors(_explain), container.input:
        for frame in frames:
            yield Moment(max(0, round(frame.at * 1000)), frame.image)


def _explain(error: Exception) -> str | None:
    """Return what an error of FFmpeg's own means."""
    match type(error).__name__:
        case "InvalidDataError" | "ArgumentError":
            return "not a video in a known format, or damaged"
        case "EOFError":
            return CUT_SHORT
    return None
