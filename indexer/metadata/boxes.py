"""Metadata in the boxes of a file, where the library that decodes it does not hand them over.

XMP in JPEG XL (ISO/IEC 18181-2), JPEG 2000 (XMP Specification Part 3, 1.1.6) and GIF (the same, 1.1.2); EXIF in Canon's
CR3, which has each directory as a TIFF of its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from PIL import Image

from indexer.metadata.exif import loaded_exif
from indexer.side_data.xml_bounds import LARGEST

MOST_BOXES = 1_000
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
CANON_UUID = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
GIF_MARK = b"\x0bXMP DataXMP"  # of an application extension; the packet follows as it is
DIRECTORIES = {b"CMT2": 0x8769, b"CMT4": 0x8825}  # EXIF's own and GPS; CMT1 is the main one


class Box(NamedTuple):
    """A box, and where its content lies."""

    kind: bytes
    start: int
    end: int


def xmp_in_file(source: BinaryIO, format: str | None) -> bytes:
    """Return the XMP packet of a JPEG XL, JPEG 2000 or GIF file; empty if there is none. Raises OSError."""
    if format == "GIF":
        source.seek(0)
        content = source.read(LARGEST)
        start = content.find(GIF_MARK)
        return content[start + len(GIF_MARK) :] if start >= 0 else b""
    for box in _boxes(source) if format in ("JXL", "JPEG2000") else ():
        if box.kind == b"xml " and format == "JXL":
            return _content(source, box)
        if box.kind == b"uuid" and _content(source, Box(b"", box.start, box.start + 16)) == XMP_UUID:
            return _content(source, Box(b"", box.start + 16, box.end))
    return b""


def canon_exif(source: BinaryIO) -> Image.Exif:
    """Return the EXIF of a CR3; raises what Pillow raises on broken EXIF."""
    exif = Image.Exif()
    for box in _canon_boxes(source):
        if box.kind == b"CMT1":
            exif = loaded_exif(_content(source, box))
    for box in _canon_boxes(source):
        if box.kind in DIRECTORIES:
            directory = Image.Exif()
            directory.load_from_fp(io.BytesIO(_content(source, box)))
            exif.get_ifd(DIRECTORIES[box.kind]).update(dict(directory))
    return exif


def _canon_boxes(source: BinaryIO) -> Iterator[Box]:
    """Yield the boxes in Canon's own box."""
    for movie in _boxes(source):
        for box in _boxes(source, movie.start, movie.end) if movie.kind == b"moov" else ():
            if box.kind == b"uuid" and _content(source, Box(b"", box.start, box.start + 16)) == CANON_UUID:
                yield from _boxes(source, box.start + 16, box.end)


def _boxes(source: BinaryIO, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the boxes between two offsets, up to the first that is broken (ISO/IEC 14496-12, section 4.2)."""
    end = source.seek(0, io.SEEK_END) if end is None else end
    for _ in range(MOST_BOXES):
        source.seek(start)
        head = source.read(16)
        length, kind, content = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if length == 1:
            length, content = int.from_bytes(head[8:], "big"), start + 16
        length = end - start if length == 0 else length
        if len(head) < 8 or start + length > end or start + length < content:
            return
        yield Box(kind, content, start + length)
        start += length


def _content(source: BinaryIO, box: Box) -> bytes:
    source.seek(box.start)
    return source.read(min(box.end - box.start, LARGEST))
