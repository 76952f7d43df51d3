"""What EXIF said of pictures, as img2dataset and clip-retrieval keep it: a JSON text of tags, each printed by exifread.

{"Image Make": "Canon", "EXIF DateTimeOriginal": "2019:07:04 12:30:05", "GPS GPSLatitude": "[48, 51, 1234/100]", ...}
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from indexer.metadata.clocks import milliseconds, offset_of
from indexer.metadata.metadata import Metadata, Reading, combined, dated
from indexer.metadata.places import EAST_WEST, NORTH_SOUTH, Place, angle, place_of
from indexer.metadata.spellings import parse_timestamp
from indexer.metadata.texts import text_of
from indexer.metadata.timestamps import Timestamp

EXIF = "exif"  # the column
MOST = 1 << 16  # characters of a text; what is longer is not of cameras
TIMES = (  # source, tag, and what the tags of its offset and fraction end with
    ("exif-original", "EXIF DateTimeOriginal", "Original"),
    ("exif-digitized", "EXIF DateTimeDigitized", "Digitized"),
    ("exif-changed", "Image DateTime", ""),
)
NOTHING = Metadata()


def metadata_in(text: Any) -> Metadata:
    """Return what such a text says of when, where and with what a picture was taken."""
    if not isinstance(text, str) or not 2 < len(text) <= MOST:
        return NOTHING
    try:
        tags = json.loads(text)
    except (ValueError, RecursionError):
        return NOTHING
    if not isinstance(tags, dict):
        return NOTHING
    said = {name: value for name, value in tags.items() if isinstance(value, str)}
    make, model, lens = (text_of(said.get(name, "")) for name in ("Image Make", "Image Model", "EXIF LensModel"))
    times = dated(*((source, _time(said, tag, end)) for source, tag, end in TIMES))
    return combined([Reading(times, _place(said), make, model, lens)])


def _time(tags: dict[str, str], tag: str, end: str) -> Timestamp | None:
    """Return a time with its own offset and fraction of a second."""
    time = parse_timestamp(tags.get(tag))
    if time is None or not time.is_whole or len(time.text) > len("2019-07-04T12:30:05"):
        return time
    offset = offset_of(tags.get(f"EXIF OffsetTime{end}", ""))
    fraction = milliseconds(tags.get(f"EXIF SubSecTime{end}", ""))
    return Timestamp(time.text + (offset or ""), fraction if time.ms is None else time.ms)


def _place(tags: dict[str, str]) -> Place | None:
    """Return where it was taken; None without both hemispheres."""

    def part(name: str, hemispheres: str) -> float | None:
        return angle(_numbers(tags.get(name, "")), tags.get(f"{name}Ref"), hemispheres)

    return place_of(part("GPS GPSLatitude", NORTH_SOUTH), part("GPS GPSLongitude", EAST_WEST))


def _numbers(text: str) -> list[float]:
    """Return the numbers of "[48, 51, 1234/100]"; none for anything else."""
    try:
        return [float(Fraction(part.strip())) for part in text.strip("[]").split(",")]
    except (ValueError, ZeroDivisionError, OverflowError):
        return []
