"""Files as they are compared: reduced to a few hundred pixels, and how many frames or pages they have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from indexer.decoding.decode import open_picture
from indexer.decoding.sequence import MOST_PAGES, frames_at, sequence_length
from indexer.errors import PictureError
from indexer.files.away import is_marked
from search.duplicates.agreement import agreement
from search.duplicates.alignment import Alignment, greys
from search.duplicates.difference import COARSE, OTHER, SIDE, Kind, difference, same_size
from search.duplicates.enlargement import LARGER, is_enlarged
from search.duplicates.marks import is_plain
from search.duplicates.structure import has_structure

LEGIBLE = 1536  # pixels of the longer side: small print of a page
STILLS = ("JPEG", "MPO", "JPEG2000", "BMP")  # whose files have one picture that counts
ACCEPTED = ("same", "cropped", "brightness", "colours", "black and white")  # of letters; a filter may hide them
SAME_COLOURS = 12.0  # of 255: how far the mean colours of a frame may be apart


@dataclass(frozen=True, slots=True)
class Reduced:
    """What is compared of a file."""

    path: Path
    image: Image.Image  # RGB, the longer side at most as long as asked for
    length: int  # frames or pages
    size: tuple[int, int]  # pixels of the whole picture


def reduced(path: Path, form: str) -> Reduced | None:
    """Decode a file of a format to be compared; None if it can't be read without a download."""
    try:
        if is_marked(path.stat()):
            return None
        picture = open_picture(path, SIDE // 2)
        length = 1 if form in STILLS else sequence_length(path)
        return Reduced(path, _at_most(picture.image, SIDE), length, (picture.width, picture.height))
    except (OSError, PictureError):
        return None


def _at_most(image: Image.Image, side: int) -> Image.Image:
    """Return a picture whose longer side has at most `side` pixels."""
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


def difference_of_files(first: Reduced, second: Reduced) -> Kind | None:
    """Return how the second of two files differs from the first; None if it shows something else in any frame.

    Files with more than MOST_PAGES frames or pages are never the same.
    """
    if first.length != second.length or first.length > MOST_PAGES:
        return None
    kind = difference(first.image, second.image)
    if kind and first.length > 1:
        return _difference_of_frames(first, second)
    if kind and is_plain(greys(first.image, SIDE)):
        kind = _difference_of_text(first, second, kind)
    return "as detailed" if kind == "same" and _is_enlarged(first, second) else kind


def _is_enlarged(first: Reduced, second: Reduced) -> bool:
    """Return whether the first has more pixels than the second and yet shows no more."""
    try:
        return max(first.size) >= LARGER * max(second.size) and is_enlarged(first.path, second.path)
    except PictureError:
        return False


def _difference_of_text(first: Reduced, second: Reduced, kind: Kind) -> Kind | None:
    """Return how documents of a kind of difference differ in their letters: a number in a form, a line of a chat."""
    try:
        pictures = (_at_most(open_picture(file.path, LEGIBLE // 2).image, LEGIBLE) for file in (first, second))
        return _more(kind, difference(next(pictures), next(pictures), LEGIBLE))
    except PictureError:
        return None


def _more(kind: Kind | None, letters: Kind | None) -> Kind | None:
    """Return the kind of difference of a document, given that of its letters."""
    if letters not in ACCEPTED:
        return None
    return letters if kind == "same" else kind


def _difference_of_frames(first: Reduced, second: Reduced) -> Kind | None:
    """Return how any two frames or pages in the same place differ; the small ones tell most others quickly."""
    try:
        if not all(_same_frame(*pair, COARSE) for pair in _frames(first, second, COARSE)):
            return None
        kinds: set[Kind | None] = set()
        for pair in _frames(first, second, LEGIBLE):
            kinds.add(_difference_of_frame(*pair))
            if None in kinds:
                return None
    except PictureError:
        return None
    return next((kind for kind in kinds if kind != "same"), "same")


def _frames(first: Reduced, second: Reduced, longest: int) -> Iterator[tuple[Image.Image, Image.Image]]:
    """Yield the frames or pages of both files; raises PictureError."""
    return zip(*(frames_at(file.path, range(file.length), longest) for file in (first, second)), strict=True)


def _difference_of_frame(first: Image.Image, second: Image.Image) -> Kind | None:
    """Return how two frames differ, as single files do; of what shows next to nothing, whether that is the same."""
    if first.size == second.size and first.tobytes() == second.tobytes():
        return "same"
    if not (has_structure(first) or has_structure(second)):
        return "same" if _same_frame(first, second, LEGIBLE) else None
    kind = difference(_at_most(first.copy(), SIDE), _at_most(second.copy(), SIDE))
    if kind and is_plain(greys(first, SIDE)):
        return _more(kind, difference(first, second, LEGIBLE))
    return kind


def _same_frame(first: Image.Image, second: Image.Image, side: int) -> bool:
    """Return whether two frames show the same, be it next to nothing."""
    first, second = same_size(first, second, side)
    means = np.array([np.asarray(frame).mean(axis=(0, 1)) for frame in (first, second)])
    if np.abs(means[0] - means[1]).max() > SAME_COLOURS:
        return False
    return agreement(greys(first, side), greys(second, side), Alignment()).worst <= OTHER
