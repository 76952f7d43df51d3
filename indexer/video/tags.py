"""When, where and with what a video was taken, from the tags of its container.

Reads what FFmpeg names, Apple's tags first; opens nothing, decodes nothing. A tag that makes no sense is left out.
"""

from __future__ import annotations

import contextlib
import re
from datetime import datetime

from indexer.decoding.metadata import Metadata
from indexer.video.container import Footage

APPLE = "com.apple.quicktime."


def metadata_of(footage: Footage) -> Metadata:
    """Return what the container says of the recording; nonsense is left out."""
    raw = {**footage.stream.metadata, **footage.container.metadata}
    tags = {key.lower(): value.strip() for key, value in raw.items()}
    latitude, longitude = _place(_first(tags, f"{APPLE}location.iso6709", "location", "location-eng"))
    return Metadata(
        taken_at=_moment_of(tags.get(f"{APPLE}creationdate")) or _moment_of(tags.get("creation_time")),
        camera_make=_first(tags, f"{APPLE}make", "make"),
        camera_model=_first(tags, f"{APPLE}model", "model"),
        latitude=latitude,
        longitude=longitude,
    )


def _first(tags: dict[str, str], *keys: str) -> str | None:
    return next((tags[key] for key in keys if tags.get(key)), None)


def _moment_of(text: str | None) -> str | None:
    """Return ISO 8601 with the offset, UTC where none is stated; None for nonsense and for clocks never set."""
    # Python 3.10 reads neither Z nor +0200, nor fractions of any length.
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?", text or "")
    if match is None:
        return None
    day, time, offset = match.groups()
    offset = "+00:00" if offset in (None, "Z") else f"{offset[:3]}:{offset[-2:]}"
    with contextlib.suppress(ValueError):
        taken = datetime.fromisoformat(f"{day}T{time}{offset}")
        # QuickTime counts from 1904, most else from 1970.
        return taken.isoformat() if taken.year > 1970 else None
    return None


def _place(text: str | None) -> tuple[float | None, float | None]:
    """Return latitude and longitude from ISO 6709 in degrees; 0, 0 is a receiver without a fix."""
    match = re.match(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?![\d.])", text or "")
    if match is None:
        return None, None
    latitude, longitude = float(match[1]), float(match[2])
    if abs(latitude) > 90 or abs(longitude) > 180 or (latitude, longitude) == (0.0, 0.0):
        return None, None
    return latitude, longitude
