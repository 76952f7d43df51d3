"""Times as a terminal shows them: local and to the minute."""

from __future__ import annotations

import re
import sys
from datetime import datetime

from cli.terminal.streams import is_terminal

_TO_THE_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)")


def local_time(text: str) -> str:
    """Return a moment of the library (UTC, ISO 8601) on this machine's clock, "2026-11-27 18:06"; else the text."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment.tzinfo else camera_time(text)
    except (ValueError, OverflowError, OSError):
        return text


def told_time(text: str) -> str:
    """Return a moment of the library for a message: local if stderr is a terminal, elsewhere as it is."""
    return local_time(text) if is_terminal(sys.stderr) else text


def camera_time(text: str) -> str:
    """Return when a picture was taken, on its own clock; as short as it is known, such as 2019-07."""
    found = _TO_THE_MINUTE.match(text)
    return f"{found[1]} {found[2]}" if found else text
