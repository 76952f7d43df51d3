"""The strips and tiles of a TIFF that is compressed by JPEG, each as a JPEG of its own (TIFF Technical Note 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from indexer.side_data.directories import MOST_STRIPS, STRIPS, directories, is_tiff, numbers
from indexer.side_data.file_bytes import FileBytes

COMPRESSION, TABLES, JPEG = 259, 347, 7
START, END = b"\xff\xd8", b"\xff\xd9"


def strips_as_jpegs(source: BinaryIO) -> Iterator[bytes]:
    """Yield the strips or tiles of the first page of a TIFF with the tables that they share; none if it has others."""
    content = FileBytes(source)
    tags = {tag.number: tag for tag in next(directories(content), [])} if is_tiff(content) else {}
    if COMPRESSION not in tags or numbers(content, tags[COMPRESSION], 1) != (JPEG,):
        return
    tables = START
    if TABLES in tags:
        tables = content[tags[TABLES].offset : tags[TABLES].end].removesuffix(END)
    for starts, counts in STRIPS:
        if starts in tags and counts in tags:
            places = zip(*(numbers(content, tags[number], MOST_STRIPS) for number in (starts, counts)), strict=False)
            for start, count in places:
                strip = content[start : start + count]
                if strip.startswith(START):
                    yield (tables if tables.startswith(START) else START) + strip[len(START) :]
