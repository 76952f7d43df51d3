"""Files as they are compared: reduced to a few hundred pixels, and how many frames or pages they have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from indexer.decoding.decode import open_picture
from indexer.decoding.sequence import frames_at, sequence_length
from indexer.errors import PictureError
from search.duplicates.agreement import agreement
from search.duplicates.alignment import Alignment, greys
from search.duplicates.difference import COARSE, OTHER, SIDE, Kind, difference, same_size
from search.duplicates.enlargement import LARGER, is_enlarged
from search.duplicates.marks import is_plain

LEGIBLE = 1536  # pixels of the longer side: small print of a page
STILLS = ("JPEG", "MPO", "HEIF", "JPEG2000", "BMP")  # whose files have one picture that counts
MOST_COMPARED = 60  # frames or pages, spread over all of them
SAME_COLOURS = 12.0  # of 255: how far the mean colours of a frame may be apart


@dataclass(frozen=True, slots=True)
class Reduced:
    """What is compared of a file."""

    path: Path
    image: Image.Image  # RGB, the longer side at most as long as asked for
    length: int  # frames or pages
    size: tuple[int, int]  # pixels of the whole picture


def reduced(path: Path, form: str) -> Reduced | None:
    """Decode a file of a format to be compared; None if it can't be read."""
    try:
        picture = open_picture(path, SIDE // 2)
        length = 1 if form in STILLS else sequence_length(path)
        return Reduced(path, _at_most(picture.image, SIDE), length, (picture.width, picture.height))
    except PictureError:
        return None


def _at_most(image: Image.Image, side: int) -> Image.Image:
    """Return a picture whose longer side has at most `side` pixels."""
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


def difference_of_files(first: Reduced, second: Reduced) -> Kind | None:
    """Return how the second of two files differs from the first; None if it shows something else in any frame."""
    if first.length != second.length:
        return None
    kind = difference(first.image, second.image)
    if kind and first.length > 1:
        return kind if _same_frames(first, second) else None
    if kind is None or (is_plain(greys(first.image, SIDE)) and not _same_text(first, second)):
        return None
    return "as detailed" if kind == "same" and _is_enlarged(first, second) else kind


def _is_enlarged(first: Reduced, second: Reduced) -> bool:
    """Return whether the first has more pixels than the second and yet shows no more."""
    try:
        return max(first.size) >= LARGER * max(second.size) and is_enlarged(first.path, second.path)
    except PictureError:
        return False


def _same_text(first: Reduced, second: Reduced) -> bool:
    """Return whether documents agree in every letter: a number in a form, a line of a chat."""
    try:
        pictures = (_at_most(open_picture(file.path, LEGIBLE // 2).image, LEGIBLE) for file in (first, second))
        return difference(next(pictures), next(pictures), LEGIBLE) is not None
    except PictureError:
        return False


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
