"""The frames of an animation and the pages of a scan: how many there are, and what they show.

Only formats whose further pictures are part of what the file shows count: a second picture in a JPEG (MPO) is a gain
map or another view, and the layers of a PSD are no pages. Of a HEIC its thumbnails and depth maps don't count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from indexer.decoding.colour import averageable, to_rgb
from indexer.decoding.loading import open_image
from indexer.decoding.reasons import as_picture_errors
from indexer.decoding.shown_frame import ANIMATED
from indexer.errors import PictureError
from indexer.side_data.picture_page import picture_page

PAGED = ("TIFF",)
SEVERAL = (*ANIMATED, "HEIF")  # formats all of whose pictures count
MOST_PAGES = 1000  # that are looked at; of more it is known that there are more
SUBFILE, REDUCED_OR_MASK = 254, 0b101  # TIFF 6.0: a page that is another page's thumbnail or transparency


def sequence_length(path: Path) -> int:
    """Return how many frames or pages a picture file has, at most MOST_PAGES + 1; 1 if it is no sequence.

    Raises PictureError.
    """
    with as_picture_errors(_unexplained), path.open("rb") as file, open_image(picture_page(file)) as image:
        return len(_numbers(image))


def frames_at(path: Path, positions: Iterable[int], longest: int) -> Iterator[Image.Image]:
    """Yield frames or pages by their position, ascending, in sRGB, the longer side at most `longest` pixels.

    Raises PictureError for one that can't be read.
    """
    with as_picture_errors(_unexplained), path.open("rb") as file, open_image(picture_page(file)) as image:
        numbers = _numbers(image)
        for position in positions:
            if position >= len(numbers):
                raise PictureError("the file has fewer pictures than it says")
            image.seek(numbers[position])
            image.load()
            profile = image.info.get("icc_profile")
            frame = averageable(image.copy())
            frame.thumbnail((longest, longest), Image.Resampling.LANCZOS)
            yield to_rgb(frame, profile if isinstance(profile, bytes) else None)


def _numbers(image: Image.Image) -> list[int]:
    """Return the numbers, for seek(), of what counts as a frame or page."""
    count = min(int(getattr(image, "n_frames", 1)), MOST_PAGES + 1)
    if image.format in SEVERAL:
        return list(range(count))
    if image.format not in PAGED or count == 1:
        return [0]
    pages = [number for number in range(count) if _is_page(image, number)]
    image.seek(0)
    return pages or [0]


def _is_page(image: Any, number: int) -> bool:
    """Return whether a page of a TIFF is one of its own."""
    image.seek(number)
    return not int(image.tag_v2.get(SUBFILE, 0)) & REDUCED_OR_MASK


def _unexplained(error: Exception) -> None:
    """Leave the decoder's words as they are."""
