"""Whether a file of boxes or segments is as long as it says, for containers that state it where it is easy to find.

Reads a few bytes of each part of the file, without FFmpeg, which may play the rest of a truncated file as if that were
all. Containers that state no length in bytes pass; video/frames.py detects some of those that end too soon.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from indexer.errors import PictureError

HEAD = 64  # bytes: enough for the start of a Matroska segment, and for its kind
BOXES = tuple(b"ftyp moov mdat free skip wide moof mfra sidx styp uuid meta pnot".split())
EBML, SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"  # Matroska's elements


def whole_head(source: BinaryIO) -> bytes:
    """Return the first bytes; raises PictureError if the file is empty or shorter than it says."""
    size = source.seek(0, os.SEEK_END)
    if size == 0:
        raise PictureError("the file is empty")
    if stated_end(source, size) > size:
        raise PictureError("the file is truncated")
    return _read(source, 0, HEAD)


def stated_end(source: BinaryIO, size: int) -> int:
    """Return where the file says it ends, 0 if it does not say."""
    return max(_ends(source, size, _read(source, 0, HEAD)), default=0)


def _ends(source: BinaryIO, size: int, head: bytes) -> Iterator[int]:
    """Return where the parts of the file say they end."""
    if head[4:8] in BOXES:
        return _boxes(source, size)
    if head.startswith(b"RIFF"):
        return _riffs(source, size)
    return _segment(head)


def _read(source: BinaryIO, offset: int, count: int) -> bytes:
    source.seek(offset)
    return source.read(count)


def _boxes(source: BinaryIO, size: int) -> Iterator[int]:
    """Yield where the parts of an MP4 or QuickTime file end (ISO 14496-12, 4.2)."""
    offset = 0
    while offset < size:
        header = _read(source, offset, 16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        # Some cameras append what is no box, and the last box may have no length.
        if header[4:8] not in BOXES or length < 8:
            return
        offset += length
        yield offset


def _riffs(source: BinaryIO, size: int) -> Iterator[int]:
    """Yield where the parts of an AVI file end; long ones have several. An unfinished recording has length 0."""
    offset = 0
    while (header := _read(source, offset, 8)).startswith(b"RIFF") and offset < size:
        offset += 8 + int.from_bytes(header[4:8], "little")
        yield offset


def _segment(head: bytes) -> Iterator[int]:
    """Yield where the one segment of a Matroska file ends, if it says so (RFC 8794)."""
    if not head.startswith(EBML):
        return
    offset, length = _vint(head, 4)
    offset += length or 0
    if head[offset : offset + 4] == SEGMENT:
        start, length = _vint(head, offset + 4)
        if length is not None:
            yield start + length


def _vint(head: bytes, offset: int) -> tuple[int, int | None]:
    """Return where a variable-length number ends, and the number; None for the one that means unknown."""
    width = 9 - head[offset].bit_length()
    number = int.from_bytes(head[offset : offset + width], "big") & ((1 << 7 * width) - 1)
    return offset + width, None if number == (1 << 7 * width) - 1 else number
