"""What is known of a picture besides its pixels, and how several sources make one answer.

The time comes from the first source that has one, in the order of SOURCES. If that knows only a year, month or day, the
next source that says the same more exactly completes it. A place comes whole from one source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from indexer.metadata.places import Place
from indexer.metadata.timestamps import Timestamp

# What the camera wrote comes first, then what a person or program wrote into the file, then what lies beside it. The
# time of the last change (EXIF's DateTime) comes last: most programs that edit a picture set it.
SOURCES = (
    "exif-original",  # EXIF DateTimeOriginal
    "exif-digitized",  # EXIF DateTimeDigitized
    "container",  # of a video
    "xmp",
    "iptc",
    "png-text",
    "gps",  # in UTC
    "sidecar",  # an XMP file beside it
    "file-name",
    "takeout",  # the JSON of Google Takeout beside it; in UTC
    "exif-changed",  # EXIF DateTime
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a picture says about itself; None where it says nothing, or nothing that makes sense."""

    taken_at: str | None = (
        None  # ISO 8601: 2019, 2019-07, 2019-07-04, or to the second, perhaps with an offset from UTC
    )
    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None
    latitude: float | None = None  # degrees, north positive
    longitude: float | None = None  # degrees, east positive
    orientation: int | None = None  # EXIF's 1..8
    taken_ms: int | None = None  # 0..999, after the second of taken_at
    taken_from: str | None = None  # one of SOURCES


class Dated(NamedTuple):
    """A time, and the source that says it."""

    source: str
    time: Timestamp


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source, or several of one kind, say."""

    times: tuple[Dated, ...] = ()
    place: Place | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None
    orientation: int | None = None

    @classmethod
    def of(cls, metadata: Metadata) -> Reading:
        """Return metadata as the reading that gives it."""
        times: tuple[Dated, ...] = ()
        if metadata.taken_at is not None and metadata.taken_from is not None:
            times = (Dated(metadata.taken_from, Timestamp(metadata.taken_at, metadata.taken_ms)),)
        place = None
        if metadata.latitude is not None and metadata.longitude is not None:
            place = Place(metadata.latitude, metadata.longitude)
        camera = (metadata.camera_make, metadata.camera_model, metadata.lens)
        return cls(times, place, *camera, metadata.orientation)


def dated(*times: tuple[str, Timestamp | None]) -> tuple[Dated, ...]:
    """Return the times that there are, with their sources."""
    return tuple(Dated(source, time) for source, time in times if time is not None)


def combined(readings: Iterable[Reading]) -> Metadata:
    """Return what readings say together: of each field the first that has one."""
    known = list(readings)
    when = first_time(time for reading in known for time in reading.times)
    place = next((reading.place for reading in known if reading.place is not None), None)

    def first(field: str) -> Any:
        return next((value for reading in known if (value := getattr(reading, field)) is not None), None)

    return Metadata(
        taken_at=when.time.text if when else None,
        camera_make=first("camera_make"),
        camera_model=first("camera_model"),
        lens=first("lens"),
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        orientation=first("orientation"),
        taken_ms=when.time.ms if when else None,
        taken_from=when.source if when else None,
    )


def merged(first: Metadata, second: Metadata) -> Metadata:
    """Return what two say together, as `combined` does."""
    return combined((Reading.of(first), Reading.of(second)))


def first_time(times: Iterable[Dated]) -> Dated | None:
    """Return the time of the first source, completed by the next that says the same more exactly."""
    ordered = sorted(times, key=lambda time: SOURCES.index(time.source))
    best = ordered[0] if ordered else None
    for other in ordered[1:]:
        if best is None or best.time.is_whole:
            break
        if len(other.time.text) > len(best.time.text) and other.time.text.startswith(best.time.text):
            best = other
    return best
