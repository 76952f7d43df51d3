"""Which of the library's file formats people mean by jpeg, heic, raw or video.

What counts is the format of the file's content, not its name: a JPEG called photo.png is a JPEG.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.errors import InvalidRequest
from indexer.files.formats import JXL_SUFFIXES, PICTURE_SUFFIXES, RAW_SUFFIXES, VIDEO_FORMATS, VIDEO_SUFFIXES


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


RAW_FORMATS = frozenset(("RAW", *(suffix[1:].upper() for suffix in RAW_SUFFIXES)))  # RAW: under another name

# The formats, as images.format has them (Pillow's names, FFmpeg's for videos), by the names that people use.
_NAMES = {
    "jpeg jpg jpe jfif": "JPEG MPO",  # phones write MPO, a JPEG with more pictures behind the first
    "png apng": "PNG",
    "tiff tif": "TIFF",
    "bmp dib": "BMP DIB",
    "jpeg2000 jp2 j2k jpx": "JPEG2000",
    "ppm pgm pbm pnm": "PPM",
    "heic heif hif": "HEIF",
    "mp4 m4v": "MP4 M4V",
    "mov qt": "MOV",
    "3gp 3g2": "3GP",
    "wmv asf": "WMV",
    "mpeg mpg mpe vob": "MPEG",
    "ts mts m2ts": "TS",
    "ogg ogv": "OGG",
    "raw": " ".join(RAW_FORMATS),
    "video": " ".join(VIDEO_FORMATS),
}
FORMATS = {name: _words(formats) for names, formats in _NAMES.items() for name in names.split()}
_SUFFIXES = {suffix[1:] for suffix in PICTURE_SUFFIXES | RAW_SUFFIXES | JXL_SUFFIXES | VIDEO_SUFFIXES}


def parse_types(value: str) -> tuple[str, ...]:
    """Return the names in "jpeg,.HEIC", in lower case without dots; raises InvalidRequest if there are none."""
    names = [name.strip().lower().lstrip(".") for name in value.split(",")]
    if not any(names):
        raise InvalidRequest("No type is named; write one or several, such as jpeg,heic.")
    return tuple(dict.fromkeys(filter(None, names)))


def formats_of(names: Sequence[str], present: Sequence[str]) -> list[str]:
    """Return those of the library's formats (`present`) that any of the names means, sorted.

    Raises InvalidRequest, which lists the library's formats, for an unknown name.
    """
    meant: set[str] = set()
    for name in names:
        if name not in FORMATS and name not in _SUFFIXES and name.upper() not in present:
            formats = ", ".join(sorted(present)).lower() or "nothing yet"
            raise InvalidRequest(
                f'There is no type "{name}"; this library has: {formats} (and raw and video mean all).'
            )
        meant |= FORMATS.get(name, frozenset({name.upper()}))
    return sorted(meant.intersection(present))
