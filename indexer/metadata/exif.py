"""When, where and with what a picture was taken, from its EXIF.

EXIF is often broken: each field is read by itself, and one that makes no sense is left out. An offset from UTC and the
fraction of a second belong to the time they are given for; a fraction also to another time of the very same second,
since many cameras give it once. Tags are those of the EXIF specification (CIPA DC-008) and, for XMP and IPTC in TIFF,
of TIFF/EP (ISO 12234-2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from PIL import Image

from indexer.metadata.clocks import clock_of, milliseconds, offset_of
from indexer.metadata.iptc import iptc_of_resources, read_iptc
from indexer.metadata.metadata import Reading, dated
from indexer.metadata.places import EAST_WEST, NORTH_SOUTH, Place, angle, place_of
from indexer.metadata.spellings import parse_timestamp
from indexer.metadata.texts import Value, or_none, raw_text, text_of
from indexer.metadata.timestamps import Clock, Timestamp, timestamp
from indexer.metadata.unread import tell_unread
from indexer.metadata.xmp import read_xmp
from indexer.side_data.directories import is_tiff
from indexer.side_data.tiff import with_sound_tags
from indexer.side_data.xml_bounds import LARGEST
from indexer.wording import too_large

MAKE, MODEL, ORIENTATION, LENS_MODEL = 0x010F, 0x0110, 0x0112, 0xA434
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE, GPS_TIME, GPS_DATE = 1, 2, 3, 4, 7, 29
XMP, IPTC, PHOTOSHOP = 0x02BC, 0x83BB, 0x8649
LARGEST_EXIF = 16 * 2**20  # bytes; makers' notes with previews have some MiB


class _Time(NamedTuple):
    """The tags of one time."""

    source: str
    date: int
    offset: int
    fraction: int


TIMES = (
    _Time("exif-original", 0x9003, 0x9011, 0x9291),
    _Time("exif-digitized", 0x9004, 0x9012, 0x9292),
    _Time("exif-changed", 0x0132, 0x9010, 0x9290),
)


def loaded_exif(content: bytes) -> Image.Exif:
    """Return EXIF without what `light_exif` leaves out; raises what Pillow raises for what is no EXIF."""
    exif = Image.Exif()
    exif.load(light_exif(content))
    return exif


def light_exif(content: bytes) -> bytes:
    """Return EXIF without tags that make no sense, at the first of which Pillow would stop, or are too large."""
    content = content.removeprefix(b"Exif\0\0")
    if len(content) > LARGEST_EXIF:
        tell_unread("its EXIF", f"is {too_large(LARGEST_EXIF)}")
        return b""
    return with_sound_tags(content) if is_tiff(content) else content


def read_exif(exif: Image.Exif) -> list[Reading]:
    """Return what EXIF says, and XMP and IPTC beside it in a TIFF's directory; never raises."""
    main = _Tags(exif)
    photo = _Tags(or_none(lambda: exif.get_ifd(EXIF_IFD)) or {}, exif)
    gps = _Tags(or_none(lambda: exif.get_ifd(GPS_IFD)) or {})
    written = _with_fractions([_time(photo, time) for time in TIMES])
    times = dated(*zip((time.source for time in TIMES), written, strict=True), ("gps", _gps_time(gps)))
    reading = Reading(
        times,
        _place(gps),
        main.read(MAKE, text_of),
        main.read(MODEL, text_of),
        photo.read(LENS_MODEL, text_of),
        main.read(ORIENTATION, _orientation),
    )
    return [reading, *_beside(main)]


def _beside(main: _Tags) -> list[Reading]:
    """Return what XMP and IPTC in the same directory say."""
    readings = (
        main.read(XMP, lambda value: read_xmp(_content(value), "xmp")),
        main.read(IPTC, lambda value: read_iptc(_content(value))),
        main.read(PHOTOSHOP, lambda value: read_iptc(iptc_of_resources(_content(value)))),
    )
    return [reading for reading in readings if reading is not None]


class _Tags:
    """The tags of one directory; for those it lacks, the tags of another. Many are never decoded."""

    def __init__(self, *directories: Mapping[int, Any]) -> None:
        self._directories = directories

    def read(self, tag: int, parse: Callable[[Any], Value | None]) -> Value | None:
        """Return a tag's value as `parse` reads it, or None."""
        values = (or_none(lambda: directory.get(tag)) for directory in self._directories)  # noqa: B023
        value = next((value for value in values if value is not None), None)
        return None if value is None else or_none(lambda: parse(value))


def _time(photo: _Tags, tags: _Time) -> Timestamp | None:
    """Return a time with its own offset and fraction of a second, where it does not hold them itself."""
    time = photo.read(tags.date, parse_timestamp)
    if time is None or not time.is_whole:
        return time
    has_offset = len(time.text) > len("2019-07-04T12:30:05")
    offset = None if has_offset else photo.read(tags.offset, lambda value: offset_of(raw_text(value)))
    fraction = photo.read(tags.fraction, lambda value: milliseconds(raw_text(value)))
    return Timestamp(time.text + (offset or ""), fraction if time.ms is None else time.ms)


def _with_fractions(times: Sequence[Timestamp | None]) -> list[Timestamp | None]:
    """Return the times, those without a fraction of a second with that of another of the very same second."""
    known = [time for time in times if time is not None and time.ms is not None]

    def completed(time: Timestamp) -> Timestamp:
        return replace(time, ms=next((other.ms for other in known if time.is_same_second(other)), None))

    return [completed(time) if time is not None and time.ms is None else time for time in times]


def _gps_time(gps: _Tags) -> Timestamp | None:
    """Return the time of the satellites, in UTC; without a time of day the day."""
    day = gps.read(GPS_DATE, parse_timestamp)
    clock = gps.read(GPS_TIME, _gps_clock)
    if day is None or clock is None or not day.is_day:
        return day
    year, month, number = map(int, day.text.split("-"))
    return timestamp(year, month, number, replace(clock, offset="+00:00"))


def _gps_clock(value: Any) -> Clock | None:
    """Return hours, minutes and seconds, three numbers or a text, as a time of day."""
    if isinstance(value, str | bytes):
        return clock_of(raw_text(value).lower())
    hour, minute, second = (int(part) for part in value)
    return Clock(hour, minute, second) if 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second <= 60 else None


def _orientation(value: Any) -> int | None:
    """Return 1..8."""
    return int(value) if 1 <= int(value) <= 8 else None


def _place(gps: _Tags) -> Place | None:
    """Return where it was taken; None without both hemispheres."""

    def part(tag: int, reference: int, hemispheres: str) -> float | None:
        letter = gps.read(reference, text_of)
        return gps.read(tag, lambda value: angle(value, letter, hemispheres))

    return place_of(part(LATITUDE, LATITUDE_REF, NORTH_SOUTH), part(LONGITUDE, LONGITUDE_REF, EAST_WEST))


def _content(value: Any) -> bytes:
    """Return the bytes of a tag, whichever type it has: bytes, numbers, or a text."""
    if isinstance(value, tuple | list):
        value = b"".join(part if isinstance(part, bytes) else bytes([part]) for part in value[:LARGEST])
    return value if isinstance(value, bytes) else str(value).encode("latin-1", "replace")
