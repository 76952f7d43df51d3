"""Names of files in a data set: such that every program takes them, each once, and the same for the same pictures."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING

from indexer.files.formats import JXL_SUFFIXES, PICTURE_SUFFIXES, RAW_SUFFIXES
from search.export.names import plain_name

if TYPE_CHECKING:
    from search.subsets.subset import SubsetPicture

_SUFFIXES = {  # the usual one of each format; of others it is their name
    "JPEG": ".jpg",
    "MPO": ".jpg",  # a JPEG with more after it
    "TIFF": ".tif",
    "JPEG2000": ".jp2",
    "PPM": ".ppm",
    "DIB": ".bmp",
    "HEIF": ".heic",
}
_KNOWN = PICTURE_SUFFIXES | JXL_SUFFIXES | RAW_SUFFIXES


class FreeNames:
    """Names that were not given yet, also where capitals count as small letters, and perhaps no suffixes."""

    def __init__(self, *, suffixes_count: bool = True) -> None:
        """Begin with all names free; unless `suffixes_count`, a.jpg and a.png are the same."""
        self._taken: dict[str, int] = {}
        self._suffixes_count = suffixes_count

    def take(self, folder: str, name: str) -> str:
        """Return a path in a folder (of a data set, "" for its own): a.jpg, or if that is taken a-2.jpg and so on."""
        stem, suffix = os.path.splitext(name)
        before = f"{folder}/" if folder else ""
        base = self._key(before + name)
        number = self._taken.get(base, 0)
        while True:
            number += 1
            path = before + (name if number == 1 else f"{stem}-{number}{suffix}")
            if number == 1 or self._key(path) not in self._taken:
                break
        self._taken[base] = number
        self._taken.setdefault(self._key(path), 1)
        return path

    def _key(self, path: str) -> str:
        counting = path if self._suffixes_count else os.path.splitext(path)[0]
        return unicodedata.normalize("NFC", counting).casefold()


def file_name(picture: SubsetPicture) -> str:
    """Return a name for a picture's file: its own without what some program chokes on, with a suffix that tells."""
    stem, suffix = os.path.splitext(picture.name)
    if suffix.lower() in _KNOWN:
        return plain_name(stem) + suffix
    return plain_name(picture.name) + usual_suffix(picture)


def usual_suffix(picture: SubsetPicture) -> str:
    """Return the usual suffix of a picture's format: .jpg, whether its name says .JPG, .jpeg or nothing."""
    form = picture.format
    own = os.path.splitext(picture.name)[1].lower()
    if form in _SUFFIXES:
        return _SUFFIXES[form]
    if f".{form.lower()}" in _KNOWN:
        return f".{form.lower()}"
    return own if own in _KNOWN else ".img"
