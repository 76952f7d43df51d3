"""Files as they are compared: reduced to a few hundred pixels, and how many frames or pages they have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from indexer.decoding.decode import open_picture
from indexer.decoding.sequence import frames_at, sequence_length
from indexer.errors import PictureError
from search.duplicates.agreement import agreement
from search.duplicates.alignment import Alignment, greys
from search.duplicates.difference import COARSE, OTHER, SIDE, Kind, difference, same_size

if TYPE_CHECKING:
    from search.duplicates.ranking import Details

STILLS = ("JPEG", "MPO", "HEIF", "JPEG2000", "BMP")  # whose files have one picture that counts
MOST_COMPARED = 60  # frames or pages, spread over all of them
SAME_COLOURS = 12.0  # of 255: how far the mean colours of a frame may be apart


@dataclass(frozen=True, slots=True)
class Reduced:
    """What is compared of a file."""

    path: Path
    image: Image.Image  # RGB, the longer side SIDE pixels or fewer
    length: int  # frames or pages


def reduced(details: Details) -> Reduced | None:
    """Decode a file to be compared; None if it can't be read."""
    try:
        image = open_picture(details.path, SIDE // 2).image
        image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        return Reduced(details.path, image, 1 if details.format in STILLS else sequence_length(details.path))
    except PictureError:
        return None


def difference_of_files(first: Reduced, second: Reduced) -> Kind | None:
    """Return how the second of two files differs from the first; None if it shows something else in any frame."""
    if first.length != second.length:
        return None
    kind = difference(first.image, second.image)
    return kind if kind is None or first.length == 1 or _same_frames(first, second) else None


def _same_frames(first: Reduced, second: Reduced) -> bool:
    """Return whether frames or pages spread over both files agree."""
    positions = np.unique(np.linspace(0, first.length - 1, MOST_COMPARED).round().astype(int)).tolist()
    try:
        frames = (frames_at(file.path, positions, COARSE) for file in (first, second))
        return all(_same_frame(*pair) for pair in zip(*frames, strict=True))
    except PictureError:
        return False


def _same_frame(first: Image.Image, second: Image.Image) -> bool:
    """Return whether two frames show the same, be it next to nothing."""
    first, second = same_size(first, second)
    means = np.array([np.asarray(frame).mean(axis=(0, 1)) for frame in (first, second)])
    if np.abs(means[0] - means[1]).max() > SAME_COLOURS:
        return False
    return agreement(greys(first, COARSE), greys(second, COARSE), Alignment()).worst <= OTHER
