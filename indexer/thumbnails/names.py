"""What a small picture is of: the bytes of a file, of a video the moment. It names the kept file, and its address."""

from __future__ import annotations

import re
from typing import NamedTuple

SMALL, MIDDLE, LARGE = 256, 512, 2048  # pixels of the longer side
KEPT_SIDES = (SMALL, MIDDLE)

_WRITTEN = re.compile(r"([0-9a-f]{32})(?:-(0|[1-9]\d{0,11}))?", re.ASCII)


class Thumb(NamedTuple):
    """A picture by its content: the same bytes are the same picture, wherever they are."""

    digest: bytes  # content_hash, 16 bytes
    at_ms: int | None = None  # of a video

    def __str__(self) -> str:
        return self.digest.hex() if self.at_ms is None else f"{self.digest.hex()}-{self.at_ms}"

    @classmethod
    def parse(cls, text: str) -> Thumb | None:
        """Return what `str` wrote; None for another text."""
        match = _WRITTEN.fullmatch(text)
        return match and cls(bytes.fromhex(match[1]), None if match[2] is None else int(match[2]))
