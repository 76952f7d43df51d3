"""JPEG (ITU-T T.81): marker segments before the scans; APPn and comments are side data, but for Adobe's APP14."""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

JPEG = b"\xff\xd8\xff"
START = b"\xff\xd8"
APP0, APP1, APP14, COMMENT, SCAN = 0xE0, 0xE1, 0xEE, 0xFE, 0xDA
SIDE = frozenset((*range(0xE0, 0xF0), COMMENT))
FRAMES = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xF7))  # SOFn
SEQUENTIAL, HUFFMAN = (0xC0, 0xC1), 0xC4
LEAST_HOLE, STEP = 64, 16  # bytes
TABLES = re.compile(rb"\xff[\xdb\xc0-\xcf\xdd]")
EMBEDDED = re.compile(rb"\xff\xd8(?=\xff[\xc0-\xfe])")
MOST_STARTS, MOST_VERSIONS = 200, 12  # that are tried where a wrong length hides what follows


class Segment(NamedTuple):
    """A marker segment, or all from the first scan on."""

    marker: int
    start: int
    end: int


class Frame(NamedTuple):
    """A frame header: which process codes the picture, bits a sample, pixels."""

    marker: int
    precision: int
    height: int
    width: int


def jpeg_versions(content: bytes) -> Iterator[bytes]:
    """Yield the file with EXIF and XMP alone, without any side data, and from where its tables may begin."""
    segments = list(_segments(content, 2))
    if segments and segments[-1].marker == SCAN:
        yield _joined(content, segments, {APP0, APP1, APP14})
        yield _joined(content, segments, {APP14})
        yield _joined(content, segments, set())
    adobe = [segment for segment in segments if segment.marker == APP14 and _is_adobe(content, segment)]
    for candidate in itertools.islice(_from_tables(content), MOST_VERSIONS):
        yield _joined(content, [*adobe, *candidate], {APP14})


def _from_tables(content: bytes) -> Iterator[list[Segment]]:
    """Yield what may be the picture where a wrong length hides it, the largest first.

    JPEGs that begin within the file for themselves, thumbnails and further views, must not stand for a damaged
    picture. Of those that lead to the same scan the shortest comes first, as a longer one may begin within side data.
    """
    starts = itertools.islice((match.start() for match in TABLES.finditer(content)), MOST_STARTS)
    candidates = [segments for start in starts if (segments := list(_segments(content, start)))]
    within = (list(_segments(content, match.start() + 2)) for match in EMBEDDED.finditer(content, 2))
    others = {segments[-1].start for segments in within if segments and _area(content, segments)}
    walked = list(_segments(content, 2))
    stated = _area(content, walked) if walked and walked[-1].start not in others else 0
    yield from sorted(
        (
            segments
            for segments in candidates
            if segments[-1].start not in others and (area := _area(content, segments)) and area == (stated or area)
        ),
        key=lambda segments: (-_area(content, segments), -segments[0].start),
    )


def _segments(content: bytes, start: int) -> Iterator[Segment]:
    """Yield the segments from an offset on, as far as one leads to the next; the last is all from the first scan on."""
    while start + 4 <= len(content) and content[start] == 0xFF:
        marker = content[start + 1]
        if marker == 0xFF:  # fill bytes
            start += 1
            continue
        length = int.from_bytes(content[start + 2 : start + 4], "big")
        end = len(content) if marker == SCAN else start + 2 + length
        if marker < 0xC0 or length < 2 or end > len(content):
            return
        yield Segment(marker, start, end)
        start = end


def _area(content: bytes, segments: list[Segment]) -> int:
    """Return the pixels of the frame that segments describe, 0 if they lead to no scan."""
    if segments[-1].marker != SCAN:
        return 0
    frames = (_frame(content, segment) for segment in segments if segment.marker in FRAMES)
    return next((frame.height * frame.width for frame in frames), 0)


def frame_of(content: bytes) -> Frame | None:
    """Return the frame header of a JPEG, None if it is not reached."""
    return next((_frame(content, segment) for segment in _segments(content, 2) if segment.marker in FRAMES), None)


def has_hole(content: bytes) -> bool:
    """Return whether the first scan of a JPEG with Huffman coding holds zeroes that no encoder writes there.

    A decoder takes them for codes. All zeroes are the first code of each table; only if those of all tables of AC
    coefficients mean the end of a block (0) may a flat part of the picture be written so.
    """
    segments = list(_segments(content, 2))
    if not segments or segments[-1].marker != SCAN or not any(segment.marker in SEQUENTIAL for segment in segments):
        return False
    tables = [content[segment.start + 4 : segment.end] for segment in segments if segment.marker == HUFFMAN]
    if all(symbol == 0 for table in tables for symbol in _first_ac_symbols(table)):
        return False
    start = segments[-1].start
    if bytes(LEAST_HOLE // STEP) not in content[start::STEP]:  # a glance, which nearly always is enough
        return False
    end = content.find(b"\xff\xd9", start)
    data = content[start : end if end > 0 else len(content)].rstrip(b"\0")  # padding before the end is none of it
    return bytes(LEAST_HOLE) in data


def _first_ac_symbols(table: bytes) -> Iterator[int]:
    """Yield the symbol of the first code of each table of AC coefficients in a segment (ITU-T T.81, B.2.4.2)."""
    start = 0
    while start + 17 < len(table):
        if table[start] >> 4 == 1:
            yield table[start + 17]
        start += 17 + sum(table[start + 1 : start + 17])


def _frame(content: bytes, segment: Segment) -> Frame:
    precision, height, width = struct.unpack(">BHH", content[segment.start + 4 : segment.start + 9].ljust(5, b"\0"))
    return Frame(segment.marker, precision, height, width)


def _is_adobe(content: bytes, segment: Segment) -> bool:
    return content[segment.start + 4 : segment.start + 9] == b"Adobe"


def _joined(content: bytes, segments: list[Segment], kept: set[int]) -> bytes:
    """Return a file of these segments, of the side data only the kept kinds."""
    parts = (content[s.start : s.end] for s in segments if s.marker not in SIDE or s.marker in kept)
    return START + b"".join(parts)
