"""The month of a date, as far as it is known."""

from __future__ import annotations

import re
from typing import Any

NONE = ""  # there is no date
ODD = "?"  # there is something that is no date

_MONTH = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]))?", re.ASCII)


def month_of(start: Any) -> str:
    """Return "2021-07" or "2021" of the first seven signs of a date; NONE for what is no text, ODD for another text."""
    if type(start) is not str:
        return NONE
    match = _MONTH.match(start)
    return match[0] if match else ODD
