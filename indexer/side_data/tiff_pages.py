"""The pages of a TIFF and those below them (TIFF 6.0, section 2; TIFF Technical Note 1): what each of them is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from indexer.side_data.directories import HEADS, SUB_DIRECTORIES, directory_at, first_offset, is_tiff, numbers
from indexer.side_data.file_bytes import FileBytes, changed

MOST_PAGES, MOST_CHILDREN = 200, 100  # that are looked at


class Page(NamedTuple):
    """A directory of a TIFF."""

    offset: int
    tags: dict[int, int]  # the first number of each that holds whole numbers


def pages(source: BinaryIO) -> Iterator[Page]:
    """Yield the pages of a TIFF, those below a page right after it; none of another file."""
    content = FileBytes(source)
    waiting = [first_offset(content)] if is_tiff(content) else []
    seen: set[int] = set()
    while waiting and len(seen) < MOST_PAGES:
        offset = waiting.pop(0)
        if not offset or offset in seen:
            continue
        seen.add(offset)
        tags, following = directory_at(content, offset)
        yield Page(offset, {tag.number: first[0] for tag in tags if (first := numbers(content, tag, 1))})
        children = (numbers(content, tag, MOST_CHILDREN) for tag in tags if tag.number == SUB_DIRECTORIES)
        waiting = [*(child for below in children for child in below), *waiting, following]


def starting_with(source: BinaryIO, offset: int, entries: list[bytes] | None = None) -> BinaryIO:
    """Return a TIFF with another directory as the first; with `entries`, with those instead of its own."""
    content = FileBytes(source)
    order, big = HEADS[content[:4]]
    head, width = content[: 8 if big else 4], 8 if big else 4
    if entries is None:
        return changed(source, head + offset.to_bytes(width, order), b"")
    padding = bytes(-len(content) % 8)
    _, following = directory_at(content, offset)
    count = len(entries).to_bytes(8 if big else 2, order)
    tail = padding + count + b"".join(entries) + following.to_bytes(width, order)
    return changed(source, head + (len(content) + len(padding)).to_bytes(width, order), tail)
