"""The least size of a picture, as people write it: pixels, megapixels or bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from numbers import Integral

from indexer.arguments import shown
from indexer.errors import InvalidRequest

BYTES = {"b": 1, "bytes": 1} | {
    prefix + unit: base**power for power, prefix in enumerate("kmgt", 1) for unit, base in (("b", 1000), ("ib", 1024))
}
LONGEST = 64  # characters
MEGAPIXELS = ("mp", "mpx", "megapixel", "megapixels")

_SIDES = re.compile(r"(\d{1,9})\s*[x\u00d7*]\s*(\d{1,9})", re.ASCII | re.I)
_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d+)?)\s*([a-z]+)", re.ASCII | re.I)


@dataclass(frozen=True, slots=True)
class LeastSize:
    """The least size of a picture; 0 means any."""

    bytes: int = 0  # of the file
    pixels: int = 0  # width times height
    longer: int = 0  # pixels of the longer side
    shorter: int = 0

    def __str__(self) -> str:
        if self.bytes:
            return _shown_bytes(self.bytes)
        return f"{self.pixels / 1e6:.6g} MP" if self.pixels else f"{self.longer}x{self.shorter}"


def parse_size(value: str | tuple[int, int]) -> LeastSize:
    """Return the size of "1920x1080" (either way up), "2mp" (millions of pixels), or "500kb", "2MB", "2MiB" (bytes).

    1 kB is 1,000 bytes and 1 KiB is 1,024. Raises InvalidRequest for anything else, such as a number without a unit.
    """
    if isinstance(value, tuple | list) and all(isinstance(side, Integral) for side in value):
        text = "x".join(map(str, value))
    else:
        text = value.strip() if isinstance(value, str) else shown(value)
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    if match := _SIDES.fullmatch(text):
        shorter, longer = sorted(map(int, match.groups()))
        size = LeastSize(longer=longer, shorter=shorter)
    elif match := _AMOUNT.fullmatch(text):
        size = _amount(float(match[1]), match[2].lower())
    else:
        size = LeastSize()
    if size == LeastSize():
        raise InvalidRequest(
            f'"{text}" is no size; write pixels as 1920x1080, megapixels as 2mp, or bytes as 500kb or 2MB.'
        )
    return size


def _amount(number: float, unit: str) -> LeastSize:
    """Return the size of a number with its unit; the empty one for an unknown unit."""
    if unit in MEGAPIXELS:
        return LeastSize(pixels=round(number * 1e6))
    return LeastSize(bytes=min(round(number * BYTES.get(unit, 0)), 2**62))


def _shown_bytes(count: int) -> str:
    """Return bytes in the largest unit that they fill, to six digits."""
    units = [("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 1000)]
    name, unit = next(((name, unit) for name, unit in units if count >= unit), ("bytes", 1))
    return f"{count / unit:.6g} {name}"
