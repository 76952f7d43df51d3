"""The directories of TIFF 6.0 and BigTIFF: read, and judged. EXIF is built in the same way.

Every TIFF that a camera or a scanner writes is taken as it is, and of a broken one what can be reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from indexer.side_data.file_bytes import Bytes

Order = Literal["little", "big"]

HEADS: dict[bytes, tuple[Order, bool]] = {  # byte order, and whether it is BigTIFF
    b"II*\0": ("little", False),
    b"MM\0*": ("big", False),
    b"II+\0": ("little", True),
    b"MM\0+": ("big", True),
}
BYTES_OF = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
NUMBERS = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}  # types of whole numbers, and their bytes
# Tags that say how the samples lie in the file and what they mean; the rest describes, and may be left out. So do the
# least and the largest of the samples, 280, 281, 340 and 341: they are statistics.
PIXELS = frozenset((*range(254, 260), 262, 263, 266, 273, 274, *range(277, 280), 284, *range(290, 294), 301, 317))
PIXELS |= {*range(320, 326), 330, 332, 334, 338, 339, 347, *range(512, 522), *range(529, 533)}
PIXELS |= {32997, 34675, 50706}
PROFILE, SUB_DIRECTORIES, DNG_VERSION, PHOTOMETRIC, ORIENTATION = 34675, 330, 50706, 262, 274
SENSOR = ((32803,), (34892,))  # values of PhotometricInterpretation: a colour filter array, linear RAW
NUMERIC = PIXELS - {PROFILE, ORIENTATION, 317, 347, 529, 532, DNG_VERSION}  # which hold whole numbers
STRIPS = ((273, 279), (324, 325))  # where strips or tiles begin, and their bytes
MOST_PAGES, MOST_TAGS, MOST_STRIPS = 500, 1000, 100_000  # that are read of a broken file


@dataclass(frozen=True, slots=True)
class Tag:
    """An entry of a directory."""

    number: int
    kind: int
    count: int
    offset: int  # of the values in the file
    entry: bytes  # as it stands in the directory

    @property
    def end(self) -> int:
        """Where the values end in the file."""
        return self.offset + self.count * BYTES_OF.get(self.kind, 1)


def is_tiff(content: Bytes) -> bool:
    """Return whether a file that starts like this is a TIFF."""
    return content[:4] in HEADS


def directories(content: Bytes) -> Iterator[list[Tag]]:
    """Yield the tags of each page that can be reached."""
    start = first_offset(content)
    seen: set[int] = set()
    while start and start not in seen and len(seen) < MOST_PAGES:
        seen.add(start)
        tags, start = directory_at(content, start)
        if tags:
            yield tags


def first_offset(content: Bytes) -> int:
    """Return where the first directory begins."""
    order, big = HEADS[content[:4]]
    return int.from_bytes(content[8:16] if big else content[4:8], order)


def directory_at(content: Bytes, start: int) -> tuple[list[Tag], int]:
    """Return the tags of a directory, none if it is cut off, and the offset of the next one."""
    order, big = HEADS[content[:4]]
    head, width, link = (8, 20, 8) if big else (2, 12, 4)
    count = int.from_bytes(content[start : start + head], order)
    after = start + head + width * count
    if after > len(content):
        return [], 0
    block = content[start + head : min(after, start + head + width * MOST_TAGS)]
    next_start = int.from_bytes(content[after : after + link], order)
    entries = ((at, block[at : at + width]) for at in range(0, len(block), width))
    return [_tag(entry, start + head + at, order, big) for at, entry in entries], next_start


def tag_count(content: Bytes, start: int) -> int:
    """Return how many tags a directory states."""
    order, big = HEADS[content[:4]]
    return int.from_bytes(content[start : start + (8 if big else 2)], order)


def numbers(content: Bytes, tag: Tag, most: int = 16) -> tuple[int, ...]:
    """Return the first values of a tag of whole numbers."""
    order, _ = HEADS[content[:4]]
    width = NUMBERS.get(tag.kind, 0)
    if not width:
        return ()
    values = content[tag.offset : tag.offset + width * min(tag.count, most)]
    starts = range(0, len(values) - width + 1, width)
    return tuple(int.from_bytes(values[start : start + width], order) for start in starts)


def is_whole(content: Bytes, page: list[Tag]) -> bool:
    """Return whether what says where the pixels of a page are is in the file, and the pixels are too."""
    if any(tag.number in NUMERIC and tag.end > len(content) for tag in page):
        return False
    tags = {tag.number: tag for tag in page}
    for starts, counts in STRIPS:
        if starts in tags and counts in tags:
            ends = map(
                sum, zip(*(numbers(content, tags[number], MOST_STRIPS) for number in (starts, counts)), strict=False)
            )
            if max(ends, default=0) > len(content):
                return False
    return True


def holds_sensor_samples(content: Bytes) -> bool:
    """Return whether any directory describes the samples of a camera's sensor: a RAW file."""
    for page in directories(content):
        below = (start for tag in page if tag.number == SUB_DIRECTORIES for start in numbers(content, tag))
        for tags in (page, *(directory_at(content, start)[0] for start in below)):
            for tag in tags:
                if tag.number == DNG_VERSION or (tag.number == PHOTOMETRIC and numbers(content, tag)[:1] in SENSOR):
                    return True
    return False


def makes_sense(tag: Tag, content: Bytes) -> bool:
    """Return whether a tag has a known type, as one of its kind, and its values are in the file."""
    if tag.number in NUMERIC:
        return tag.kind in NUMBERS
    kinds = NUMBERS if tag.number == ORIENTATION else BYTES_OF
    return tag.kind in kinds and tag.count > 0 and tag.end <= len(content)


def _tag(entry: bytes, start: int, order: Order, big: bool) -> Tag:
    number, kind = (int.from_bytes(entry[at : at + 2], order) for at in (0, 2))
    count = int.from_bytes(entry[4:12] if big else entry[4:8], order)
    room, value = (8, 12) if big else (4, 8)
    inline = count * BYTES_OF.get(kind, 1) <= room
    offset = start + value if inline else int.from_bytes(entry[value:], order)
    return Tag(number, kind, count, offset, entry)
