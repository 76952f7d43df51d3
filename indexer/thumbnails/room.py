"""How much room small pictures may take in the cache folder, all libraries together."""

from __future__ import annotations

import os
import re

from indexer.errors import InvalidRequest

VARIABLE = "CLIPSEARCH_THUMBNAILS"  # which worker processes inherit
DEFAULT = "2GB"  # some 130,000 of 15 kB
LEAST = 16_000_000  # bytes: less would hold less than a few screens
UNITS = {"mb": 10**6, "mib": 2**20, "gb": 10**9, "gib": 2**30, "tb": 10**12, "tib": 2**40}

_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([kmgt]i?b)", re.ASCII | re.I)


def room() -> int:
    """Return how many bytes small pictures may take, 0 if none is to be kept; raises InvalidRequest for nonsense."""
    value = (os.environ.get(VARIABLE) or DEFAULT).strip()
    if value == "0":
        return 0
    match = _SIZE.fullmatch(value)
    size = round(float(match[1]) * UNITS.get(match[2].lower(), 0)) if match else 0
    if size < LEAST:
        raise InvalidRequest(
            f"{VARIABLE} is {value!r}; it takes the most that thumbnails may take, such as 500MB or {DEFAULT} and not"
            f" less than {LEAST // 10**6}MB, or 0 to keep none."
        )
    return size
