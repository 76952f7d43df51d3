"""TIFF and EXIF without the tags that make no sense: directories are written anew behind the file."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from indexer.side_data.directories import (
    BYTES_OF,
    HEADS,
    MOST_TAGS,
    PIXELS,
    PROFILE,
    STRIPS,
    SUB_DIRECTORIES,
    Order,
    Tag,
    directories,
    directory_at,
    first_offset,
    is_whole,
    makes_sense,
    numbers,
    tag_count,
)
from indexer.side_data.file_bytes import Bytes

EXIF_DIRECTORIES = frozenset((34665, 34853))  # tags that point at EXIF's and GPS's own
PLACES = frozenset((SUB_DIRECTORIES, 513, 40965, *itertools.chain(*STRIPS)))  # tags of other offsets in the file
OF_64_BITS = (16, 17, 18)  # types that only BigTIFF has
LARGEST_VALUE = 2**20  # bytes
# Of one tag of EXIF that is read. Pillow makes an object of each, of a fraction one of half a kilobyte, and some
# programs write IPTC as numbers; bytes and texts stay as they are.
MOST_NUMBERS, MOST_FRACTIONS, FRACTIONS, AS_THEY_ARE = 2**16, 256, (5, 10), (1, 2, 7)
MOST_POINTED_AT = 2  # EXIF's directory and GPS'
SHARED = 2**16  # bytes that several tags may have in common; more is made to have a file read a thousand times


def tiff_versions(content: bytes) -> Iterator[bytes]:
    """Yield the file without tags that make no sense, then with those that say what its pixels are."""
    # A truncated page would find the missing bytes in what is written behind it.
    pages = list(itertools.takewhile(lambda page: is_whole(content, page), directories(content)))
    yield _with_directories(content, [[tag for tag in page if makes_sense(tag, content)] for page in pages])
    wanted = [[tag for tag in page if tag.number in PIXELS and makes_sense(tag, content)] for page in pages]
    yield _with_directories(content, wanted)
    yield _with_directories(content, [[tag for tag in page if tag.number != PROFILE] for page in wanted[:1]])


def all_make_sense(content: Bytes) -> bool:
    """Return whether each tag of a TIFF's first page, and of its EXIF and GPS, makes sense."""
    return all(makes_sense(tag, content) for page in _pages_of_exif(content).values() for tag in page)


def with_sound_tags(content: bytes) -> bytes:
    """Return EXIF whose first page and what that leads to hold only tags that make sense, and not too much.

    A decoder that gives up at the first odd tag then reads the others. What is sound comes back as it is.
    """
    pages = _pages_of_exif(content)
    if not _are_light(content, pages):
        return exif_of(content)
    is_sound = all(makes_sense(tag, content) for page in pages.values() for tag in page)
    return content if is_sound else exif_of(content) or content


def _pages_of_exif(content: Bytes) -> dict[int, list[Tag]]:
    """Return the tags of a TIFF's first page, of its EXIF and of its GPS, by where these begin."""
    first = first_offset(content)
    main, _ = directory_at(content, first)
    below = [start for tag in main if (start := _pointed_at(content, tag))][:MOST_POINTED_AT]
    return {first: main} | {start: directory_at(content, start)[0] for start in below}


def is_light(content: Bytes) -> bool:
    """Return whether the tags of a TIFF's first page, and of its EXIF and GPS, are not too many or too large."""
    return _are_light(content, _pages_of_exif(content))


def _are_light(content: Bytes, pages: Mapping[int, list[Tag]]) -> bool:
    """Return whether the tags of pages are so few and so small that a decoder can make objects of them all."""
    if any(len(page) == MOST_TAGS and tag_count(content, start) > MOST_TAGS for start, page in pages.items()):
        return False
    tags = [tag for page in pages.values() for tag in page]
    most = len(content) + SHARED
    return sum(tag.end - tag.offset for tag in tags if tag.end <= most) <= most and not any(map(_is_heavy, tags))


def _is_heavy(tag: Tag) -> bool:
    """Return whether a tag has more numbers than any that means something."""
    if tag.count <= MOST_FRACTIONS or tag.kind in AS_THEY_ARE:
        return False
    return tag.kind in FRACTIONS or tag.count > MOST_NUMBERS


def exif_of(content: Bytes, without: frozenset[int] = frozenset()) -> bytes:
    """Return EXIF, not as BigTIFF, of what a TIFF's first page says that makes sense; empty if it says nothing."""
    order, _ = HEADS[content[:4]]
    main, _ = directory_at(content, first_offset(content))
    file = bytearray((b"II*\0" if order == "little" else b"MM\0*") + bytes(4))
    entries, pointing = [], set()
    for tag in main:
        if tag.number in pointing:
            continue
        if start := _pointed_at(content, tag):
            pointing.add(tag.number)
            below = [found for found in directory_at(content, start)[0] if found.number not in EXIF_DIRECTORIES]
            values = (copied for found in below if (copied := _copied(content, found, file, order)))
            entries.append(_entry(tag.number, 4, 1, _append(file, list(values), order).to_bytes(4, order), order))
        elif tag.number not in without and (copied := _copied(content, tag, file, order)):
            entries.append(copied)
    file[4:8] = _append(file, entries, order).to_bytes(4, order)
    return bytes(file) if entries else b""


def _copied(content: Bytes, tag: Tag, file: bytearray, order: Order) -> bytes:
    """Return a tag's entry in another file, to whose end its values are copied; empty if it can't be there."""
    size = tag.count * BYTES_OF.get(tag.kind, 1)
    if not makes_sense(tag, content) or size > LARGEST_VALUE or tag.number in PLACES or tag.kind in OF_64_BITS:
        return b""
    if _is_heavy(tag) or len(file) + size > len(content) + SHARED:
        return b""
    value = content[tag.offset : tag.offset + size]
    if len(value) > 4:
        file += bytes(len(file) % 2)
        start = len(file)
        file += value
        value = start.to_bytes(4, order)
    return _entry(tag.number, tag.kind, tag.count, value, order)


def _entry(number: int, kind: int, count: int, value: bytes, order: Order) -> bytes:
    head = number.to_bytes(2, order) + kind.to_bytes(2, order) + count.to_bytes(4, order)
    return head + value.ljust(4, b"\0")


def _append(file: bytearray, entries: list[bytes], order: Order) -> int:
    """Append a directory, and return where it begins."""
    file += bytes(len(file) % 2)
    start = len(file)
    file += len(entries).to_bytes(2, order) + b"".join(entries) + bytes(4)
    return start


def _pointed_at(content: Bytes, tag: Tag) -> int:
    """Return where the directory begins that a tag points at, 0 if it is no such tag."""
    if tag.number not in EXIF_DIRECTORIES or tag.count != 1:
        return 0
    return next(iter(numbers(content, tag)), 0)


def _with_directories(content: bytes, pages: list[list[Tag]]) -> bytes:
    """Return the file with new directories behind it, which lead to the same values."""
    if not pages or not pages[0]:
        return b""
    order, big = HEADS[content[:4]]
    width = 8 if big else 4
    file = bytearray(content)
    file += b"\0" * (-len(file) % 8)
    link = slice(8, 16) if big else slice(4, 8)
    for tags in pages:
        start = len(file)
        file[link] = start.to_bytes(width, order)
        file += len(tags).to_bytes(8 if big else 2, order) + b"".join(tag.entry for tag in tags)
        link = slice(len(file), len(file) + width)
        file += bytes(width)
    return bytes(file)
