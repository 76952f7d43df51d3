"""The properties of a HEIF or AVIF file's picture: its colours, and how it is cropped and turned.

Pillow's AVIF plugin does not tell colours and does not crop; libheif tells colours only where there is no profile.
ISO/IEC 14496-12 (boxes), ISO/IEC 23008-12, sections 6.5 (properties) and 9.3 (which item has which).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from indexer.colour.description import ColourDescription, from_code_points

LARGEST = 16 * 1024 * 1024  # bytes of a box that is read
MOST_BOXES = 100_000
WANTED = (b"colr", b"clap", b"irot", b"imir")


class Box(NamedTuple):
    """A box: its kind, and what is in it."""

    kind: bytes
    content: bytes


def properties(source: BinaryIO) -> list[Box]:
    """Return the primary item's colours, crop and turns, in the order in which they are to be applied.

    Empty if the file is no HEIF or its boxes make no sense.
    """
    try:
        source.seek(4)
        meta = content_of(source, b"meta") if source.read(4) == b"ftyp" else None
        return [box for box in _primary_properties(meta) if box.kind in WANTED] if meta else []
    except (struct.error, IndexError, ValueError, OverflowError, OSError):
        return []


def colours(boxes: list[Box]) -> ColourDescription | None:
    """Return what the property `colr` of the kind nclx says; None without one."""
    for box in boxes:
        if box.kind == b"colr" and box.content.startswith(b"nclx"):
            primary, curve = struct.unpack_from(">HH", box.content, 4)
            return from_code_points(primary, curve)  # the decoder has taken care of matrix and range
    return None


def content_of(source: BinaryIO, kind: bytes) -> bytes | None:
    """Return the content of the first box of a kind at the top of a file."""
    offset = 0
    for _ in range(MOST_BOXES):
        source.seek(offset)
        head = source.read(16)
        length, start = _length(head, 0)
        if length < start:
            return None
        if head[4:8] == kind:
            source.seek(offset + start)
            return source.read(min(length - start, LARGEST))
        offset += length
    return None


def _length(content: bytes, offset: int) -> tuple[int, int]:
    """Return how long a box is, and where in it its content starts."""
    length = int.from_bytes(content[offset : offset + 4], "big")
    if length == 1:
        return int.from_bytes(content[offset + 8 : offset + 16], "big"), 16
    return length or 1 << 62, 8


def inner_boxes(content: bytes, offset: int = 0) -> Iterator[Box]:
    """Yield the boxes in a content, from an offset on."""
    while offset + 8 <= len(content):
        length, start = _length(content, offset)
        if length < start:
            return
        yield Box(content[offset + 4 : offset + 8], content[offset + start : offset + length])
        offset += length


def _primary_properties(meta: bytes) -> list[Box]:
    """Return all properties of the primary item, in the order of its associations."""
    boxes = {box.kind: box.content for box in inner_boxes(meta, 4)}
    primary = boxes.get(b"pitm", b"")
    item = int.from_bytes(primary[4:8] if primary[:1] == b"\1" else primary[4:6], "big")
    stored: list[Box] = []
    associations: list[int] = []
    for box in inner_boxes(boxes.get(b"iprp", b"")):
        if box.kind == b"ipco":
            stored = list(inner_boxes(box.content))
        elif box.kind == b"ipma" and not associations:
            associations = _associations(box.content, item)
    return [stored[index - 1] for index in associations if 1 <= index <= len(stored)]


def _associations(content: bytes, item: int) -> list[int]:
    """Return the numbers (from 1) of an item's properties."""
    version, wide = content[0], content[3] & 1
    (entries,) = struct.unpack_from(">I", content, 4)
    offset = 8
    for _ in range(min(entries, MOST_BOXES)):
        number = int.from_bytes(content[offset : offset + (4 if version else 2)], "big")
        offset += 4 if version else 2
        count, size = content[offset], 2 if wide else 1
        offset += 1
        if number == item:
            fields = [content[at : at + size] for at in range(offset, offset + count * size, size)]
            return [int.from_bytes(field, "big") & (0x7FFF if wide else 0x7F) for field in fields]
        offset += count * size
    return []
