"""Videos that tests write, and read again."""

from __future__ import annotations

import io
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.errors import PictureError
from indexer.video.moments import Moment, Video, open_video

av = pytest.importorskip("av")

RED, GREEN, BLUE, BLACK = (200, 30, 30), (30, 160, 60), (40, 50, 190), (0, 0, 0)
SIZE = (160, 96)
REALTIME = {"deadline": "realtime", "cpu-used": "8"}  # of libvpx
ONE_KEY = {"sc_threshold": "0", "keyint_min": "10000"}


def scene(colour: tuple[int, int, int], seconds: float, fps: int = 10, size: tuple[int, int] = SIZE) -> list[Any]:
    """Return a scene: one colour, a bright mark in its upper left corner, and a dot that moves."""
    frames = []
    for number in range(round(seconds * fps)):
        image = Image.new("RGB", size, colour)
        if colour != BLACK:
            image.paste("white", (0, 0, size[0] // 4, size[1] // 4))
            image.paste("yellow", (number * 3 % size[0], size[1] // 2, number * 3 % size[0] + 6, size[1] // 2 + 6))
        frames.append(np.asarray(image))
    return frames


def write(
    path: Path,
    frames: Iterable[Any],
    fps: int | Fraction = 10,
    codec: str = "libx264",
    key_every: int = 10,
    pixels: str = "yuv420p",
    turned: int | None = None,
    aspect: Fraction | None = None,
    metadata: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
    times: list[int] | None = None,
    **options: str,
) -> Path:
    """Write a video; times, if given, are those of the frames in milliseconds."""
    with av.open(str(path), "w", options=container or {}) as output:
        output.metadata.update(metadata or {})
        if codec == "libx264":
            options = {"preset": "ultrafast", **options}
        stream: Any = None
        for number, frame in enumerate(frames):
            if stream is None:
                stream = output.add_stream(codec, rate=fps, options=options)
                stream.height, stream.width = frame.shape[:2]
                stream.pix_fmt, stream.gop_size = pixels, key_every
                if aspect:
                    stream.sample_aspect_ratio = aspect
                if turned is not None:
                    stream.set_display_rotation(turned)
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
            if times is not None:
                picture.pts, picture.time_base = times[number], Fraction(1, 1000)
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
    return path


def read(path: Path, smallest: int | None = None) -> tuple[Video, list[Moment]]:
    with path.open("rb") as source:
        what, moments = open_video(source, smallest)
        found = list(moments)
        assert not source.closed
        return what, found


def seconds(moments: Iterable[Moment]) -> list[float]:
    return [moment.at_ms / 1000 for moment in moments]


def colour(moment: Moment) -> tuple[int, ...]:
    """Return which colour is in the lower right of the picture."""
    width, height = moment.image.size
    pixel = moment.image.getpixel((width * 3 // 4, height * 7 // 8))
    return min((RED, GREEN, BLUE, BLACK), key=lambda known: np.abs(np.subtract(known, pixel)).sum())


THREE = [*scene(RED, 4), *scene(GREEN, 3), *scene(BLUE, 4)]


def fails(content: bytes) -> str:
    """Return why the content can't be read, on opening or on the way."""
    with pytest.raises(PictureError) as caught:
        list(open_video(io.BytesIO(content))[1])
    assert type(caught.value) is PictureError
    return str(caught.value)


def with_sound(path: Path, frames: list[Any], codec: str = "libx264", cover: bool = False) -> Path:
    """Write a second of silence for each picture, ten to a second: the sound lasts longer."""
    with av.open(str(path), "w") as output:
        sound = output.add_stream("aac", rate=16000)
        pictures = output.add_stream(codec, rate=10, options=ONE_KEY) if frames else None
        if pictures is not None:
            pictures.width, pictures.height = SIZE
            pictures.pix_fmt, pictures.gop_size = ("yuvj420p" if cover else "yuv420p"), 10000
            pictures.disposition = av.stream.Disposition.attached_pic if cover else pictures.disposition
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 16000
        for number, frame in enumerate(frames or [None]):
            if pictures is not None:
                output.mux(pictures.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
            silence.pts = number * 16000
            output.mux(sound.encode(silence))
        for stream in output.streams:
            output.mux(stream.encode(None))
    return path
