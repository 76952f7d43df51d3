"""Which of a video's frames are worth embedding: those that show something new, not too often, and not black.

Frames are compared as a few cells of colour; what they show is not understood. Knows nothing of video files.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

MIN_GAP = 2.0  # seconds between two scenes, on average: what flashes by is no scene
MAX_GAP = 30.0  # seconds after which a smaller change is enough
MOST_SCENES = 500  # of one video; the gaps of a longer one grow

# Mean absolute difference of two frames, 0..255, as CELLS x CELLS of RGB: coarse, so that it forgives movement.
# Measured on the sample images: two different ones are 25 or more apart (median 51), a view shifted by a tenth of the
# picture 16 (by a fifth, 27), and an image and its JPEG of quality 25 at most 1.5.
CELLS = 8
CUT = 18.0  # more shows a new scene
STILL = 3.0  # more does, after MAX_GAP
BLACK = 24  # of 255: no cell of a black frame is lighter
REMEMBERED = 8  # latest scenes that a frame is compared to, so that a dialogue does not give a scene per answer

Cells = np.ndarray[Any, np.dtype[np.float32]]  # (CELLS, CELLS, 3), 0..255


class SceneFrame(NamedTuple):
    """A frame that may show a new scene."""

    at: float  # seconds from the start
    image: Image.Image
    cells: Cells

    @classmethod
    def of(cls, at: float, image: Image.Image) -> SceneFrame:
        """Return a frame with its cells, from its RGB picture."""
        cells = image.resize((CELLS, CELLS), Image.Resampling.BOX)
        return cls(at, image, np.asarray(cells, dtype=np.float32))


def new_scenes(frames: Iterable[SceneFrame], seconds: float) -> Iterator[SceneFrame]:
    """Yield those of a video's frames, in order of time, that show a new scene; black only if there is nothing else.

    `seconds` is the video's stated duration, 0 if it states none.
    """
    kept = _Kept(seconds)
    black: SceneFrame | None = None
    waiting: SceneFrame | None = None  # new, but too soon; perhaps the only key frame of its scene
    for frame in frames:
        if frame.cells.max() < BLACK:
            black = black or frame
            continue
        if waiting is not None and frame.at >= kept.due:
            yield kept.add(waiting)
            waiting = None
        if kept.has_like(frame):
            continue
        if frame.at >= kept.due:
            yield kept.add(frame)
        else:
            waiting = frame
    last = waiting if kept.latest else waiting or black
    if last is not None:
        yield kept.add(last)


class _Kept:
    """The latest frames that were kept, and when the next one is due."""

    def __init__(self, seconds: float) -> None:
        self.latest: deque[tuple[float, Cells]] = deque(maxlen=REMEMBERED)
        self.due = -math.inf
        self.gap = max(MIN_GAP, seconds / MOST_SCENES)
        self.count = 0

    def add(self, frame: SceneFrame) -> SceneFrame:
        """Remember a frame, and return it."""
        self.latest.append((frame.at, frame.cells))
        self.count += 1
        if self.count % MOST_SCENES == 0:  # longer than stated, or no duration was stated
            self.gap *= 2
        # A frame that had to wait keeps the time it was shown at; the next one is not due sooner for that.
        self.due = max(frame.at, self.due) + self.gap
        return frame

    def has_like(self, frame: SceneFrame) -> bool:
        """Return whether one of the latest shows the same; after a while, only if it shows very nearly the same."""
        return any(
            float(np.abs(frame.cells - cells).mean()) < (CUT if frame.at - at < MAX_GAP else STILL)
            for at, cells in self.latest
        )
