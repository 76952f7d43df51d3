"""Whether a picture file is whole, for the formats whose decoders do not look as far as its end.

Of an animation or a file with several pages only the first picture is decoded, so without this a file cut off behind
it would pass for whole. Reads a few bytes of each part, decodes nothing, and passes what it does not understand: the
decoder judges that. JPEGs with a second picture (MPO) always pass, since programs that drop that picture leave the
note of it in the first one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, Literal

from indexer.decoding.stated_length import stated_end
from indexer.errors import PictureError

HEAD = 12  # bytes
PNG = b"\x89PNG\r\n\x1a\n"
GIFS = (b"GIF87a", b"GIF89a")
EXTENSION, PICTURE, TRAILER = 0x21, 0x2C, 0x3B  # GIF's blocks
TIFFS = (b"II*\0", b"MM\0*")
OFFSETS, COUNTS = (273, 324), (279, 325)  # TIFF's tags: where its strips or tiles are, and their bytes
WIDTHS = {3: 2, 4: 4, 13: 4}  # bytes of the TIFF types of such numbers
MOST_PAGES, MOST_ENTRIES, MOST_BYTES = 500, 512, 2**14  # that are read, so that a broken file takes no time

Order = Literal["little", "big"]


def check_length(source: BinaryIO) -> None:
    """Raise PictureError for a file that was cut off; the position of `source` stays."""
    offset = source.tell()
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    end = _end(source, size)
    source.seek(offset)
    if end > size:
        raise PictureError("the file is truncated")


def _end(source: BinaryIO, size: int) -> int:
    """Return where a file ends, read from its start; 0 if that is not known."""
    head = source.read(HEAD)
    if head.startswith(PNG):
        return _png_end(source, size)
    if head.startswith(GIFS):
        return _gif_end(source, size)
    if head.startswith(TIFFS):
        return max(_tiff_ends(source), default=0)
    if head[4:8] == b"ftyp" or (head.startswith(b"RIFF") and head[8:] == b"WEBP"):
        return stated_end(source, size)
    return 0


def _png_end(source: BinaryIO, size: int) -> int:
    """Return where a PNG ends, which is beyond the file if its last chunk is missing (ISO/IEC 15948, 5.3)."""
    offset = len(PNG)
    while offset < size:
        source.seek(offset)
        header = source.read(8)
        offset += 12 + int.from_bytes(header[:4], "big")
        if header[4:] == b"IEND":
            return offset
    return size + 1


def _gif_end(source: BinaryIO, size: int) -> int:
    """Return where a GIF ends, which is beyond the file if a block does; the trailer may be missing (GIF89a, 12-27)."""
    source.seek(10)
    offset = 13 + _gif_colours(source.read(1))
    while offset < size:
        source.seek(offset)
        block = source.read(10)
        if block[0] == PICTURE:
            offset += 11 + _gif_colours(block[9:10])  # with the byte for the code size of the data
        elif block[0] == EXTENSION:
            offset += 2
        else:
            return offset + 1 if block[0] == TRAILER else 0
        while offset < size:  # the blocks of data, the last one empty
            source.seek(offset)
            length = source.read(1)[0]
            offset += 1 + length
            if not length:
                break
        else:
            return size + 1
    return offset


def _gif_colours(flags: bytes) -> int:
    """Return the size in bytes of the palette that the flags announce."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _tiff_ends(source: BinaryIO) -> Iterator[int]:
    """Yield where the parts of a TIFF's pages end (TIFF 6.0, section 2); the decoder checks the first."""
    source.seek(0)
    order: Order = "little" if source.read(2) == b"II" else "big"
    source.seek(4)
    page = int.from_bytes(source.read(4), order)
    seen: set[int] = set()
    while page and page not in seen and len(seen) < MOST_PAGES:
        source.seek(page)
        count = min(int.from_bytes(source.read(2), order), MOST_ENTRIES)
        entries = source.read(12 * count + 4)
        if seen:
            yield page + 2 + 12 * count
            yield from _strip_ends(source, entries[: 12 * count], order)
        seen.add(page)
        page = int.from_bytes(entries[12 * count :], order)


def _strip_ends(source: BinaryIO, entries: bytes, order: Order) -> Iterator[int]:
    """Yield where the strips or tiles of a page end, given its directory."""
    numbers: dict[int, list[int]] = {}
    for start in range(0, len(entries) - 11, 12):
        tag, kind = (int.from_bytes(entries[start + field : start + field + 2], order) for field in (0, 2))
        width, count = WIDTHS.get(kind, 0), int.from_bytes(entries[start + 4 : start + 8], order)
        if tag not in (*OFFSETS, *COUNTS) or tag in numbers or not width:
            continue
        values = entries[start + 8 : start + 12]
        if width * count <= len(values):
            values = values[: width * count]
        else:
            offset = int.from_bytes(values, order)
            yield offset + width * count
            source.seek(offset)
            values = source.read(min(width * count, MOST_BYTES))
        parts = range(0, len(values) - width + 1, width)
        numbers[tag] = [int.from_bytes(values[part : part + width], order) for part in parts]
    for offsets, counts in zip(OFFSETS, COUNTS, strict=True):
        yield from map(sum, zip(numbers.get(offsets, ()), numbers.get(counts, ()), strict=False))
