"""Which page of a TIFF is the picture (NewSubfileType, SubfileType, SubIFDs), and what its tags leave out.

Cameras and scanners put a small copy first, or a mask. Of the page that is chosen, everything else is read: decoders
and other libraries get a file that begins with it. Tags that are missing, where nothing but one value gives a picture,
are written there too, as decoders would take defaults and make noise of it.
"""

from __future__ import annotations

from typing import BinaryIO

from indexer.errors import PictureError
from indexer.side_data.directories import (
    BYTES_OF,
    HEADS,
    PHOTOMETRIC,
    Order,
    Tag,
    directory_at,
    is_tiff,
    is_whole,
    makes_sense,
)
from indexer.side_data.file_bytes import FileBytes
from indexer.side_data.missing_tags import missing_tags
from indexer.side_data.tiff_pages import Page, pages, starting_with

NEW_SUBFILE, SUBFILE, ROWS_PER_STRIP = 254, 255, 278
REDUCED, MASK = 1, 4  # bits of NewSubfileType
OLD_REDUCED = 2  # of SubfileType
SEEN = frozenset((0, 1, 2, 3, 5, 6, 8, 9))  # photometric interpretations of pictures; others are masks and sensor data
INHERITED = frozenset((271, 272, 274, 306, 34665, 34853))  # make, model, orientation, date; EXIF and GPS
SHORT = 3


def picture_page(source: BinaryIO) -> BinaryIO:
    """Return a TIFF that begins with the page that is the picture and says what decoders need; another file as it is.

    Most are so already, and come back as they are. Raises PictureError if its samples can't be told.
    """
    content = FileBytes(source)
    first = next(pages(source), None) if is_tiff(content) else None
    if first is None:
        return source
    chosen = first if is_full(first) else _picture_behind(source, first)
    tags, _ = directory_at(content, chosen.offset)
    if not is_whole(content, tags):  # what is written behind it must not pass for the bytes that it lacks
        return source if chosen is first else starting_with(source, chosen.offset)
    kept = {tag.number: tag.entry for tag in tags if (tag.number, chosen.tags.get(tag.number)) != (ROWS_PER_STRIP, 0)}
    order, big = HEADS[content[:4]]
    entries = {} if chosen is first else _inherited(content, first)
    entries |= kept
    for number, value in missing_tags(content, tags).items():
        entries[number] = _entry(number, value, order, big)
    if chosen is first and entries.keys() == {tag.number for tag in tags}:
        return source
    return starting_with(source, chosen.offset, [entries[number] for number in sorted(entries)])


def _picture_behind(source: BinaryIO, first: Page) -> Page:
    """Return the first page that is a picture in full, or the first one if no page is."""
    known = list(pages(source))
    if chosen := next((page for page in known if _is_picture(page)), None):
        return chosen
    if not all(page.tags for page in known):  # what a small copy is of is not there any more
        raise PictureError("the file is truncated")
    return first


def is_full(page: Page) -> bool:
    """Return whether a page is a picture in full, by its tags."""
    return not page.tags.get(NEW_SUBFILE, 0) & (REDUCED | MASK) and page.tags.get(SUBFILE) != OLD_REDUCED


def _is_picture(page: Page) -> bool:
    return is_full(page) and page.tags.get(PHOTOMETRIC) in SEEN


def _inherited(content: FileBytes, first: Page) -> dict[int, bytes]:
    """Return what only the first page may say of the camera and of how the picture is turned."""
    tags: list[Tag] = directory_at(content, first.offset)[0]
    return {tag.number: tag.entry for tag in tags if tag.number in INHERITED and makes_sense(tag, content)}


def _entry(number: int, value: int, order: Order, big: bool) -> bytes:
    """Return the entry of a tag of one number."""
    head = number.to_bytes(2, order) + SHORT.to_bytes(2, order) + (1).to_bytes(8 if big else 4, order)
    return head + value.to_bytes(BYTES_OF[SHORT], order) + bytes(6 if big else 2)
