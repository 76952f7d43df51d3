"""What a data set says of a picture beside its bytes: its caption and more, of bounded size and without secrets."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from indexer.paths import readable
from indexer.remote_files.public_addresses import public_address

MOST_FIELDS = 64
LONGEST = 2000  # bytes of a field, as JSON
LONGEST_CAPTION = 20_000  # bytes
CAPTIONS = ("caption", "text", "captions", "description", "title", "prompt", "alt", "alt_text")  # the first there is


def said_of(record: Mapping[str, Any], leave_out: frozenset[str] = frozenset()) -> tuple[str | None, dict[str, object]]:
    """Return the caption that a record has, and its other fields."""
    field = caption_field(record)
    caption = None if field is None else caption_of(record[field])
    return caption, extra_of(record, leave_out | ({field} if field is not None and caption is not None else set()))


def caption_field(names: Mapping[str, Any] | list[str]) -> str | None:
    """Return which field is the caption, as data sets call it, in letters of any case."""
    lower = {name.lower(): name for name in reversed(list(names))}
    return next((lower[name] for name in CAPTIONS if name in lower), None)


def caption_of(value: object) -> str | None:
    """Return a caption of a field, of several the first; None if it is no text, or an empty one."""
    if isinstance(value, list | tuple):
        return next((text for part in value if (text := caption_of(part)) is not None), None)
    if not isinstance(value, str):
        return None
    text = readable(value.replace("\0", "").strip())
    return text.encode()[:LONGEST_CAPTION].decode("utf-8", "ignore") or None


def extra_of(record: Mapping[str, Any], leave_out: frozenset[str] | set[str] = frozenset()) -> dict[str, object]:
    """Return the fields of a record that JSON can hold: at most 64, of at most 2 kB each."""
    kept: dict[str, object] = {}
    for name, value in record.items():
        if len(kept) == MOST_FIELDS:
            break
        if name in leave_out or value is None:
            continue
        plain = _plain(value)
        if plain is not None and len(json.dumps(plain)) <= LONGEST and len(str(name)) <= LONGEST:
            kept[readable(str(name))] = plain
    return kept


def _plain(value: object, depth: int = 0) -> object:
    """Return a value as JSON can hold it, without secrets of addresses; None if it can't."""
    match value:
        case bool() | int():
            return value if abs(value) < 2**63 else str(value)[:LONGEST]
        case float():
            return value if math.isfinite(value) else None
        case str():
            return public_address(readable(value)) if len(value) <= LONGEST else None
        case Decimal():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case list() | tuple() if depth < 4 and len(value) <= LONGEST:
            return [_plain(part, depth + 1) for part in value]
        case Mapping() if depth < 4 and len(value) <= LONGEST:
            return {readable(str(name)): _plain(part, depth + 1) for name, part in value.items()}
    return None
