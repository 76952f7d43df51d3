"""The directories of a TIFF: its pages, and those below them (TIFF 6.0, section 2; TIFF Technical Note 1; BigTIFF)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

SUB_IFDS = 330
MOST_PAGES, MOST_TAGS, MOST_CHILDREN = 200, 1000, 100  # that are looked at
NUMBERS = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}  # types of whole numbers


class Page(NamedTuple):
    """A directory of a TIFF, as far as it tells what the page is."""

    offset: int
    tags: dict[int, int]  # the first number of each
    children: tuple[int, ...]  # offsets of the directories below it
    following: int


def pages(source: BinaryIO) -> Iterator[Page]:
    """Yield the pages of a TIFF, those below a page right after it."""
    source.seek(0)
    head = source.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    (offset,) = struct.unpack_from(f"{order}Q" if big else f"{order}I", head, 8 if big else 4)
    waiting, seen = [offset], set[int]()
    while waiting and len(seen) < MOST_PAGES:
        offset = waiting.pop(0)
        if offset and offset not in seen:
            seen.add(offset)
            page = _page(source, offset, order, big)
            yield page
            waiting = [*page.children, *waiting, page.following]


def _page(source: BinaryIO, offset: int, order: str, big: bool) -> Page:
    """Read a directory."""
    count_form, entry_form, next_form = ("Q", "HHQ8s", "Q") if big else ("H", "HHI4s", "I")
    (count,) = _unpacked(source, offset, order + count_form)
    start, size = offset + struct.calcsize(order + count_form), struct.calcsize(order + entry_form)
    tags: dict[int, int] = {}
    children: tuple[int, ...] = ()
    for at in range(start, start + min(count, MOST_TAGS) * size, size):
        tag, kind, length, value = _unpacked(source, at, order + entry_form)
        form = NUMBERS.get(kind)
        if form is None:
            continue
        numbers = f"{order}{min(length, MOST_CHILDREN)}{form}"
        if struct.calcsize(numbers) <= len(value):
            values = struct.unpack_from(numbers, value)
        elif tag == SUB_IFDS:
            values = _unpacked(source, struct.unpack(order + next_form, value)[0], numbers)
        else:
            continue
        if values:
            tags[tag] = values[0]
        children = values if tag == SUB_IFDS else children
    (following,) = _unpacked(source, start + count * size, order + next_form)
    return Page(offset, tags, children, following)


def _unpacked(source: BinaryIO, offset: int, form: str) -> tuple[Any, ...]:
    """Read numbers at an offset."""
    source.seek(offset)
    return struct.unpack(form, source.read(struct.calcsize(form)))


def starting_with(source: BinaryIO, offset: int) -> BinaryIO:
    """Return a TIFF's bytes with another directory as the first."""
    source.seek(0)
    content = bytearray(source.read())
    order = "little" if content[:2] == b"II" else "big"
    big = bytes(content[2:4]) in (b"+\0", b"\0+")
    start, size = (8, 8) if big else (4, 4)
    content[start : start + size] = offset.to_bytes(size, order)  # type: ignore[arg-type]
    return io.BytesIO(content)
