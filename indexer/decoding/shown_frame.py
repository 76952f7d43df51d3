"""Which frame of an animation stands for it: the first, unless that shows nothing.

Animations often fade in from black or begin with a blank frame, and all of these would look the same. Then a few
frames, spread over the beginning, are looked at, and the first that shows nearly as much as the best of them stands
for the file. Scans keep their first page.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from indexer.decoding.colour import to_rgb

if TYPE_CHECKING:
    from collections.abc import Iterator

ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")  # formats of animations
SHOWS_SOMETHING = 12.0  # of 255, standard deviation of the pixels
NEARLY = 0.8  # of what the best of the frames shows
LOOKED_AT = 48  # frames
MOST_FRAMES = 240  # that are decoded on the way: ten seconds of a film
MOST_PIXELS = 200_000_000  # of all these frames together
LOOK = 64  # pixels
OF_FRAME = {"transparency", "background", "duration", "timestamp", "disposal", "blend", "bbox", "default_image"}


def show_frame(image: Image.Image) -> None:
    """Move an opened picture on to the frame that stands for it; frames that can't be read are passed over.

    Only a picture that is animated is decoded for it.
    """
    count = int(getattr(image, "n_frames", 1)) if image.format in ANIMATED else 1
    if count < 2:
        return
    image.load()  # before which some of it is not known
    of_file = {key: value for key, value in image.info.items() if key not in OF_FRAME}
    contrasts = dict(_contrasts(image, count))
    wanted = NEARLY * max(contrasts.values(), default=0.0)
    image.seek(next((number for number, contrast in contrasts.items() if contrast >= wanted), 0))
    image.info = {**of_file, **image.info}  # going back in a PNG forgets what does not come with a frame


def _contrasts(image: Image.Image, count: int) -> Iterator[tuple[int, float]]:
    """Yield (number, contrast) of the first frame, and of others if it shows nothing."""
    last = min(count, MOST_FRAMES, max(1, MOST_PIXELS // (image.width * image.height))) - 1
    with contextlib.suppress(Exception):  # a damaged frame: whether the first is sound, the decoder will say
        for number in np.unique(np.linspace(0, last, LOOKED_AT).round().astype(int)).tolist():
            image.seek(number)
            contrast = _contrast(image)
            yield number, contrast
            if number == 0 and contrast >= SHOWS_SOMETHING:
                return


def _contrast(image: Image.Image) -> float:
    """Return how much the pixels of the current frame differ from one another, in any of the colours."""
    image.load()
    small = to_rgb(image.copy()).resize((LOOK, LOOK), Image.Resampling.BOX, reducing_gap=2.0)
    return float(np.asarray(small, dtype=np.float32).std(axis=(0, 1)).max())
