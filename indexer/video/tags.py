"""When, where and with what a video was taken, from the tags of its container.

Reads the tags that FFmpeg names, Apple's first; opens and decodes nothing. A tag that makes no sense is left out.
"""

from __future__ import annotations

import contextlib
import re
from datetime import datetime

from indexer.metadata.metadata import Metadata
from indexer.video.container import Container

APPLE = "com.apple.quicktime."


def metadata_of(container: Container) -> Metadata:
    """Return what the container says about the recording, without what makes no sense."""
    raw = {**container.stream.metadata, **container.input.metadata}
    tags = {key.lower(): value.strip() for key, value in raw.items()}
    latitude, longitude = _position(_first(tags, f"{APPLE}location.iso6709", "location", "location-eng"))
    return Metadata(
        taken_at=_date(tags.get(f"{APPLE}creationdate")) or _date(tags.get("creation_time")),
        camera_make=_first(tags, f"{APPLE}make", "make"),
        camera_model=_first(tags, f"{APPLE}model", "model"),
        latitude=latitude,
        longitude=longitude,
    )


def _first(tags: dict[str, str], *keys: str) -> str | None:
    return next((tags[key] for key in keys if tags.get(key)), None)


def _date(text: str | None) -> str | None:
    """Return ISO 8601 with an offset, UTC where none is stated; None for no date and for a clock that was never set."""
    # Python 3.10 reads neither Z nor +0200, nor fractions of any length.
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?", text or "")
    if match is None:
        return None
    day, time, offset = match.groups()
    offset = "+00:00" if offset in (None, "Z") else f"{offset[:3]}:{offset[-2:]}"
    with contextlib.suppress(ValueError):
        taken = datetime.fromisoformat(f"{day}T{time}{offset}")
        # The epoch is 1904 in QuickTime, 1970 in most others.
        return taken.isoformat() if taken.year > 1970 else None
    return None


def _position(text: str | None) -> tuple[float | None, float | None]:
    """Return latitude and longitude in degrees, from ISO 6709; 0, 0 means a receiver without a fix."""
    match = re.match(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?![\d.])", text or "")
    if match is None:
        return None, None
    latitude, longitude = float(match[1]), float(match[2])
    if abs(latitude) > 90 or abs(longitude) > 180 or (latitude, longitude) == (0.0, 0.0):
        return None, None
    return latitude, longitude
