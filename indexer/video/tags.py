"""When, where and with what a video was taken, from the tags of its container.

Reads the tags that FFmpeg names, Apple's first; opens and decodes nothing. A tag that makes no sense is left out.
"""

from __future__ import annotations

import re

from indexer.metadata.metadata import Metadata, Reading, combined, dated
from indexer.metadata.places import Place, place_of
from indexer.metadata.spellings import parse_timestamp
from indexer.metadata.texts import text_of
from indexer.metadata.timestamps import Timestamp
from indexer.video.container import Container

APPLE = "com.apple.quicktime."
DATES = (f"{APPLE}creationdate", "creation_time", "date")
FIRST = "1971"  # the epoch is 1904 in QuickTime, 1970 in most others


def metadata_of(container: Container) -> Metadata:
    """Return what the container says about the recording, without what makes no sense."""
    raw = {**container.stream.metadata, **container.input.metadata}
    tags = {key.lower(): value.strip() for key, value in raw.items()}
    times = dated(*(("container", _time(tags.get(name))) for name in DATES))
    place = _place(_first(tags, f"{APPLE}location.iso6709", "location", "location-eng"))
    make, model = (text_of(_first(tags, f"{APPLE}{name}", name) or "") for name in ("make", "model"))
    return combined([Reading(times, place, make, model)])


def _first(tags: dict[str, str], *keys: str) -> str | None:
    return next((tags[key] for key in keys if tags.get(key)), None)


def _time(text: str | None) -> Timestamp | None:
    """Return a time of the container; None for a clock that was never set, which may show the first day of an epoch."""
    # FFmpeg writes UTC as Z; a camera's AVI, which has no zone, has the time of its own clock.
    time = parse_timestamp(text or "")
    # The fraction is always .000000, which says nothing.
    return Timestamp(time.text) if time is not None and time.text > FIRST else None


def _place(text: str | None) -> Place | None:
    """Return the place of ISO 6709."""
    match = re.match(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?![\d.])", text or "")
    return place_of(float(match[1]), float(match[2])) if match else None
