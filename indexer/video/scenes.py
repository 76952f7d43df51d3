"""Which of a video's pictures are worth embedding: those that show something new, not too often, and not black.

Pictures are compared as a few cells of colour; what they show is not understood. Knows nothing of video files.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

MIN_GAP = 2.0  # seconds between two moments, on average: what flashes by is no scene
MAX_GAP = 30.0  # seconds after which a smaller change is enough
MOST = 500  # moments of one video; the gaps of a longer one grow

# Mean absolute difference of two pictures, 0..255, as SIDE x SIDE cells of RGB: coarse, so that it forgives movement.
# Measured on the sample images: two different ones are 25 or more apart (median 51), a camera turned by a tenth of the
# picture 16 (by a fifth, 27), and one image and its JPEG of quality 25 at most 1.5.
SIDE = 8
CUT = 18.0
STILL = 3.0
BLACK = 24  # of 255: no cell of a black frame is lighter
REMEMBERED = 8  # latest moments a new one is compared to, so that a dialogue does not give one moment per answer

Cells = np.ndarray[Any, np.dtype[np.float32]]  # (SIDE, SIDE, 3), 0..255


class Shot(NamedTuple):
    """A picture that is looked at."""

    at: float  # seconds from the start
    image: Image.Image
    cells: Cells

    @classmethod
    def of(cls, at: float, image: Image.Image) -> Shot:
        """Return an RGB picture with its cells."""
        cells = image.resize((SIDE, SIDE), Image.Resampling.BOX)
        return cls(at, image, np.asarray(cells, dtype=np.float32))


def new_shots(shots: Iterable[Shot], seconds: float) -> Iterator[Shot]:
    """Yield, of a video's pictures in order of time, what is new; black only if there is nothing else.

    `seconds` is the video's stated duration, 0 if it states none.
    """
    kept = _Kept(seconds)
    black: Shot | None = None
    waiting: Shot | None = None  # new, but too soon; it may be all there is of a scene without another key frame
    for shot in shots:
        if shot.cells.max() < BLACK:
            black = black or shot
            continue
        if waiting is not None and shot.at >= kept.due:
            yield kept.add(waiting)
            waiting = None
        if kept.has_like(shot):
            continue
        if shot.at >= kept.due:
            yield kept.add(shot)
        else:
            waiting = shot
    last = waiting if kept.latest else waiting or black
    if last is not None:
        yield kept.add(last)


class _Kept:
    """The latest that were kept, and when the next one is due."""

    def __init__(self, seconds: float) -> None:
        self.latest: deque[tuple[float, Cells]] = deque(maxlen=REMEMBERED)
        self.due = -math.inf
        self.gap = max(MIN_GAP, seconds / MOST)
        self.count = 0

    def add(self, shot: Shot) -> Shot:
        """Remember it, and return it."""
        self.latest.append((shot.at, shot.cells))
        self.count += 1
        if self.count % MOST == 0:  # longer than stated, or nothing was
            self.gap *= 2
        # What had to wait comes with the time it was on the screen, but the next one is not due sooner for that.
        self.due = max(shot.at, self.due) + self.gap
        return shot

    def has_like(self, shot: Shot) -> bool:
        """Say whether one of the latest shows the same, or, after a while, very nearly the same."""
        return any(
            float(np.abs(shot.cells - cells).mean()) < (CUT if shot.at - at < MAX_GAP else STILL)
            for at, cells in self.latest
        )
