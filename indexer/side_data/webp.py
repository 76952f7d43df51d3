"""WebP (RFC 9649): RIFF chunks, of which ICCP, EXIF and XMP are side data."""

from __future__ import annotations

import re
from collections.abc import Iterator

PIXELS = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))
EXTENDED = b"VP8X"
SIDE_FLAGS = 0x20 | 0x08 | 0x04  # of the extended header: there is a profile, EXIF, XMP
DATA = re.compile(rb"ALPH|VP8 |VP8L|ANIM")


def is_webp(content: bytes) -> bool:
    """Return whether a file that starts like this is WebP."""
    return content.startswith(b"RIFF") and content[8:12] == b"WEBP"


def webp_versions(content: bytes) -> Iterator[bytes]:
    """Yield the file with its pixels alone; if a length is wrong, from each place on where pixels may begin."""
    yield _file(_chunks(content, 12))
    head = content[12:30] if content[12:16] == EXTENDED else b""
    for match in DATA.finditer(content, 12 + len(head)):
        yield _file([_without_flags(head)] if head else [], _chunks(content, match.start()))


def _chunks(content: bytes, start: int) -> Iterator[bytes]:
    """Yield the chunks of pixels, and the extended header without the flags of what is left out."""
    while start + 8 <= len(content):
        kind, length = content[start : start + 4], int.from_bytes(content[start + 4 : start + 8], "little")
        end = start + 8 + length + length % 2
        if end > len(content) + 1:  # cut off; the byte that makes a length even may be missing
            return
        if kind == EXTENDED:
            yield _without_flags(content[start:end])
        elif kind in PIXELS:
            yield content[start:end]
        start = end


def _without_flags(header: bytes) -> bytes:
    return header[:8] + bytes([header[8] & ~SIDE_FLAGS]) + header[9:] if len(header) > 8 else header


def _file(*parts: list[bytes] | Iterator[bytes]) -> bytes:
    body = b"".join(chunk for chunks in parts for chunk in chunks)
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WEBP" + body if body else b""
