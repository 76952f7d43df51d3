"""TIFF and EXIF without the tags that make no sense: directories are written anew behind the file."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from indexer.side_data.directories import (
    HEADS,
    PIXELS,
    PROFILE,
    Tag,
    directories,
    directory_at,
    first_offset,
    is_whole,
    makes_sense,
    numbers,
)

EXIF_DIRECTORIES = frozenset((34665, 34853))  # tags that point at EXIF's and GPS's own


def tiff_versions(content: bytes) -> Iterator[bytes]:
    """Yield the file without tags that make no sense, then with those that say what its pixels are."""
    # A truncated page would find the missing bytes in what is written behind it.
    pages = list(itertools.takewhile(lambda page: is_whole(content, page), directories(content)))
    yield _with_directories(content, [[tag for tag in page if makes_sense(tag, content)] for page in pages])
    wanted = [[tag for tag in page if tag.number in PIXELS and makes_sense(tag, content)] for page in pages]
    yield _with_directories(content, wanted)
    yield _with_directories(content, [[tag for tag in page if tag.number != PROFILE] for page in wanted[:1]])


def with_sound_tags(content: bytes, without: frozenset[int] = frozenset()) -> bytes:
    """Return EXIF or a TIFF whose first page and what that leads to hold only tags that make sense.

    A decoder that gives up at the first odd tag then reads the others. What is sound comes back as it is.
    """
    main, _ = directory_at(content, first_offset(content))
    below = [directory_at(content, start)[0] for tag in main if (start := _pointed_at(content, tag))]
    if all(makes_sense(tag, content) for page in (main, *below) for tag in page) or not main:
        return content
    file, kept = content, []
    for tag in main:
        start = _pointed_at(content, tag)
        if start:
            file, start = _with_directory(file, _sound(directory_at(content, start)[0], content))
            kept.append(tag.entry[:-4] + start.to_bytes(4, HEADS[content[:4]][0]))
        elif makes_sense(tag, content) and tag.number not in without:
            kept.append(tag.entry)
    file, start = _with_directory(file, kept)
    return file[:4] + start.to_bytes(4, HEADS[content[:4]][0]) + file[8:]


def _pointed_at(content: bytes, tag: Tag) -> int:
    """Return where the directory begins that a tag points at, 0 if it is no such tag; BigTIFF's are left alone."""
    if tag.number not in EXIF_DIRECTORIES or tag.count != 1 or HEADS[content[:4]][1]:
        return 0
    return next(iter(numbers(content, tag)), 0)


def _sound(tags: list[Tag], content: bytes) -> list[bytes]:
    return [tag.entry for tag in tags if makes_sense(tag, content)]


def _with_directory(file: bytes, entries: list[bytes]) -> tuple[bytes, int]:
    """Return a file with one more directory at its end, and where that begins."""
    file += b"\0" * (len(file) % 2)
    order, _ = HEADS[file[:4]]
    return file + len(entries).to_bytes(2, order) + b"".join(entries) + bytes(4), len(file)


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
