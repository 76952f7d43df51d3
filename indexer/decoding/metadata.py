"""When, where and with what a picture was taken, from its EXIF.

EXIF is often broken: each field is read by itself, and one that makes no sense is left out.
Tags are those of the EXIF specification (CIPA DC-008).
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from PIL import Image

LONGEST_TEXT = 100  # characters

MAKE, MODEL, ORIENTATION, DATE_TIME = 0x010F, 0x0110, 0x0112, 0x0132
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
DATE_ORIGINAL, DATE_DIGITIZED, OFFSET, OFFSET_ORIGINAL, OFFSET_DIGITIZED = 0x9003, 0x9004, 0x9010, 0x9011, 0x9012
SUBSECONDS_OF_DATE, SUBSECONDS_OF_ORIGINAL, SUBSECONDS_OF_DIGITIZED = 0x9290, 0x9291, 0x9292
LENS_MODEL = 0xA434
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a picture says about itself; None where it says nothing, or nothing that makes sense."""

    taken_at: str | None = None  # ISO 8601 to the second, with the offset from UTC if the picture gives one
    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None
    latitude: float | None = None  # degrees, north positive
    longitude: float | None = None  # degrees, east positive
    orientation: int | None = None  # EXIF's 1..8
    taken_from: str | None = None  # where the date was read
    taken_ms: int | None = None  # milliseconds within the second


def read_metadata(image: Image.Image) -> Metadata:
    """Read a picture's EXIF; never raises."""
    exif = _or_none(image.getexif)
    return Metadata() if exif is None else from_exif(exif)


def from_exif(exif: Image.Exif) -> Metadata:
    """Return what EXIF says; never raises."""
    main = _Tags(_or_none(lambda: dict(exif)))
    photo = _Tags(_or_none(lambda: exif.get_ifd(EXIF_IFD)), main)
    latitude, longitude = _position(_Tags(_or_none(lambda: exif.get_ifd(GPS_IFD))))
    return Metadata(
        taken_at=_taken_at(photo),
        camera_make=main.read(MAKE, _text),
        camera_model=main.read(MODEL, _text),
        lens=photo.read(LENS_MODEL, _text),
        latitude=latitude,
        longitude=longitude,
        orientation=main.read(ORIENTATION, _orientation),
        taken_ms=_taken_ms(photo),
    )


def either(first: Metadata, second: Metadata) -> Metadata:
    """Return each field of the first, or of the second where the first has none."""
    pairs = ((getattr(first, field.name), getattr(second, field.name)) for field in fields(Metadata))
    return Metadata(*(value if value is not None else other for value, other in pairs))


class _Tags:
    """The tags of one directory; for those it lacks, the tags of another."""

    def __init__(self, tags: dict[int, Any] | None, fallback: _Tags | None = None) -> None:
        self._tags: dict[int, Any] = {**(fallback._tags if fallback else {}), **(tags or {})}

    def read(self, tag: int, parse: Callable[[Any], Value | None]) -> Value | None:
        """Return a tag's value as `parse` reads it, or None."""
        value = self._tags.get(tag)
        return None if value is None else _or_none(lambda: parse(value))


def _or_none(read: Callable[[], Value]) -> Value | None:
    """Return what `read` returns; None if it raises."""
    try:
        return read()
    except Exception:  # Pillow raises many kinds on broken EXIF, and so does the parsing here
        return None


def _text(value: Any) -> str | None:
    """Return a text without control characters, cut to a sane length."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    with contextlib.suppress(UnicodeError):
        # By its specification EXIF text is ASCII; cameras write UTF-8, which Pillow takes for Latin-1.
        text = text.encode("latin-1").decode("utf-8")
    text = "".join(letter if letter.isprintable() else " " for letter in text.split("\0")[0])
    text = " ".join(text.split())[:LONGEST_TEXT].strip()
    return text if any(letter.isalnum() for letter in text) else None  # some cameras write "----"


def _orientation(value: Any) -> int | None:
    """Return 1..8."""
    return int(value) if 1 <= int(value) <= 8 else None


def _taken_at(photo: _Tags) -> str | None:
    """Return the first valid date of three: original, digitized, last changed."""
    for date_tag, offset_tag in (
        (DATE_ORIGINAL, OFFSET_ORIGINAL),
        (DATE_DIGITIZED, OFFSET_DIGITIZED),
        (DATE_TIME, OFFSET),
    ):
        if date := photo.read(date_tag, _date):
            return date + (photo.read(offset_tag, _offset) or photo.read(OFFSET, _offset) or "")
    return None


def _taken_ms(photo: _Tags) -> int | None:
    """Return the milliseconds of the date that `_taken_at` returns."""
    for date_tag, tag in (
        (DATE_ORIGINAL, SUBSECONDS_OF_ORIGINAL),
        (DATE_DIGITIZED, SUBSECONDS_OF_DIGITIZED),
        (DATE_TIME, SUBSECONDS_OF_DATE),
    ):
        if photo.read(date_tag, _date):
            return photo.read(tag, _milliseconds)
    return None


def _milliseconds(value: Any) -> int | None:
    """Return "12", the digits after the point of a second, as 120 milliseconds."""
    digits = (_text(value) or "").strip()
    return int(digits[:3].ljust(3, "0")) if digits.isascii() and digits.isdigit() else None


def _date(value: Any) -> str | None:
    """Return "2021:07:04 12:30:00" as ISO 8601; raises ValueError if there is no such date."""
    match = re.match(r"(\d{4})[:/.-](\d\d)[:/.-](\d\d)[ T](\d\d):(\d\d):(\d\d)", _text(value) or "", re.ASCII)
    if match is None:
        return None
    date = datetime(*(int(number) for number in match.groups()))  # type: ignore[arg-type]
    return date.isoformat() if date.year > 1800 else None


def _offset(value: Any) -> str | None:
    """Return an offset from UTC such as "+02:00"."""
    text = _text(value) or ""
    if text.upper() == "Z":
        return "+00:00"
    match = re.fullmatch(r"[+-](\d\d):([0-5]\d)", text, re.ASCII)
    return text if match and int(match[1]) <= 14 else None


def _position(gps: _Tags) -> tuple[float | None, float | None]:
    """Return latitude and longitude in degrees."""
    latitude = _coordinate(gps, LATITUDE, LATITUDE_REF, "NS", 90.0)
    longitude = _coordinate(gps, LONGITUDE, LONGITUDE_REF, "EW", 180.0)
    if latitude == 0 and longitude == 0:
        return None, None  # what phones write that don't know where they are
    return latitude, longitude


def _coordinate(gps: _Tags, tag: int, ref_tag: int, hemispheres: str, limit: float) -> float | None:
    """Return signed degrees; None without the tag for the hemisphere."""
    degrees = gps.read(tag, _degrees)
    ref = (gps.read(ref_tag, _text) or "")[:1].upper()
    if degrees is None or not ref or ref not in hemispheres or not 0 <= degrees <= limit:
        return None
    return -degrees if ref == hemispheres[1] and degrees else degrees


def _degrees(value: Any) -> float | None:
    """Return degrees from degrees, minutes and seconds, or the first of these."""
    parts = [float(part) for part in (value if isinstance(value, tuple | list) else (value,))]
    degrees = sum(part / 60**power for power, part in enumerate(parts[:3]))
    sane = all(math.isfinite(part) and part >= 0 for part in parts) and all(part <= 60 for part in parts[1:])
    return round(degrees, 7) if parts and sane else None
