"""PNG (ISO/IEC 15948): chunks, of which few hold pixels."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

PNG = b"\x89PNG\r\n\x1a\n"
PIXELS = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"))
SMALL = PIXELS | {b"gAMA", b"cHRM", b"sRGB", b"cICP", b"eXIf", b"pHYs"}  # of few bytes; EXIF is read by itself
CLEAR = b"tRNS"  # transparency, which may be of a wrong length
END = b"\0\0\0\0IEND\xaeB`\x82"
TYPES = re.compile(b"|".join(sorted(PIXELS)))


class Chunk(NamedTuple):
    """A chunk: its type, where it begins and ends in the file, and whether its checksum is right."""

    kind: bytes
    start: int
    end: int
    sound: bool


def png_versions(content: bytes) -> Iterator[bytes]:
    """Yield the file without chunks with a wrong checksum, without texts and profiles, with nothing but pixels."""
    chunks = list(_chunks(content))
    # A wrong checksum of pixels is damage to them, which the decoder tells.
    sound = [chunk for chunk in chunks if chunk.sound or chunk.kind in PIXELS]
    yield _joined(content, sound)
    yield _joined(content, [chunk for chunk in sound if chunk.kind in SMALL])
    yield _joined(content, [chunk for chunk in sound if chunk.kind in PIXELS])
    yield _joined(content, [chunk for chunk in sound if chunk.kind in PIXELS - {CLEAR}])
    yield _joined(content, list(_found(content)))  # where a wrong length hides what follows


def _chunks(content: bytes) -> Iterator[Chunk]:
    """Yield the chunks, as far as one leads to the next."""
    start = len(PNG)
    while start + 12 <= len(content):
        chunk = _chunk_at(content, start)
        if chunk.end > len(content):
            return
        yield chunk
        if chunk.kind == b"IEND":
            return
        start = chunk.end


def _found(content: bytes) -> Iterator[Chunk]:
    """Yield the chunks of pixels with a right checksum, wherever they are."""
    end = 0
    for match in TYPES.finditer(content):
        if match.start() - 4 < end:
            continue
        chunk = _chunk_at(content, match.start() - 4)
        if chunk.end <= len(content) and chunk.sound:
            end = chunk.end
            yield chunk
            if chunk.kind == b"IEND":
                return


def _chunk_at(content: bytes, start: int) -> Chunk:
    length = int.from_bytes(content[start : start + 4], "big")
    end = start + 12 + length
    # A large length would make a slice of all that follows, and what ends beyond the file is no chunk.
    sound = end <= len(content) and zlib.crc32(content[start + 4 : end - 4]) == int.from_bytes(
        content[end - 4 : end], "big"
    )
    return Chunk(content[start + 4 : start + 8], start, end, sound)


def _joined(content: bytes, chunks: list[Chunk]) -> bytes:
    """Return a file of these chunks, with an end."""
    if not chunks or chunks[0].kind != b"IHDR":
        return b""
    ending = b"" if chunks[-1].kind == b"IEND" else END
    return PNG + b"".join(content[chunk.start : chunk.end] for chunk in chunks) + ending
