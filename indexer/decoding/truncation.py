"""Whether a picture file goes on to its end, for the formats whose decoders do not look that far.

Of an animation or a file with several pages only the first picture is decoded, so without this a file that was cut off
behind it would pass for whole. Reads a few bytes of each part, decodes nothing, and lets pass what it does not
understand: that is for the decoder to judge. JPEGs with a second picture (MPO) are left alone, since programs that drop
that picture leave the note of it in the first.
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
WIDTHS = {3: 2, 4: 4, 13: 4}  # bytes of TIFF's types that such numbers have
MOST_PAGES, MOST_ENTRIES, MOST_BYTES = 500, 512, 2**14  # as much as is looked at, lest a broken file takes for ever

Order = Literal["little", "big"]


def check_length(source: BinaryIO) -> None:
    """Raise PictureError for a file that was cut off; `source` stays where it is."""
    place = source.tell()
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    end = _end(source, size)
    source.seek(place)
    if end > size:
        raise PictureError("the file is truncated")


def _end(source: BinaryIO, size: int) -> int:
    """Return where a file that is at its start ends, 0 if that is not known."""
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
    """Return where a PNG ends, which is beyond the file if its last chunk is not there (ISO/IEC 15948, 5.3)."""
    place = len(PNG)
    while place < size:
        source.seek(place)
        header = source.read(8)
        place += 12 + int.from_bytes(header[:4], "big")
        if header[4:] == b"IEND":
            return place
    return size + 1


def _gif_end(source: BinaryIO, size: int) -> int:
    """Return where a GIF ends, which is beyond the file if a block does; the trailer may be missing (GIF89a, 12-27)."""
    source.seek(10)
    place = 13 + _gif_colours(source.read(1))
    while place < size:
        source.seek(place)
        block = source.read(10)
        if block[0] == PICTURE:
            place += 11 + _gif_colours(block[9:10])  # with the byte that says how the data is coded
        elif block[0] == EXTENSION:
            place += 2
        else:
            return place + 1 if block[0] == TRAILER else 0
        while place < size:  # the pieces of data, the last one empty
            source.seek(place)
            length = source.read(1)[0]
            place += 1 + length
            if not length:
                break
        else:
            return size + 1
    return place


def _gif_colours(flags: bytes) -> int:
    """Return the bytes of the palette that the flags tell of."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _tiff_ends(source: BinaryIO) -> Iterator[int]:
    """Yield where the parts of a TIFF's pages end (TIFF 6.0, section 2); the first page is the decoder's affair."""
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
    found: dict[int, list[int]] = {}
    for start in range(0, len(entries) - 11, 12):
        tag, kind = (int.from_bytes(entries[start + at : start + at + 2], order) for at in (0, 2))
        width, count = WIDTHS.get(kind, 0), int.from_bytes(entries[start + 4 : start + 8], order)
        if tag not in (*OFFSETS, *COUNTS) or tag in found or not width:
            continue
        values = entries[start + 8 : start + 12]
        if width * count <= len(values):
            values = values[: width * count]
        else:
            place = int.from_bytes(values, order)
            yield place + width * count
            source.seek(place)
            values = source.read(min(width * count, MOST_BYTES))
        found[tag] = [int.from_bytes(values[at : at + width], order) for at in range(0, len(values) - width + 1, width)]
    for offsets, counts in zip(OFFSETS, COUNTS, strict=True):
        yield from map(sum, zip(found.get(offsets, ()), found.get(counts, ()), strict=False))
