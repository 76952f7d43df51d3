"""What a TIFF's tags say of its samples that Pillow does not follow.

Which page is the picture (NewSubfileType, SubfileType, SubIFDs), whether zero is white (PhotometricInterpretation),
how bright the brightest sample is (BitsPerSample, SampleFormat). MinSampleValue and MaxSampleValue are statistics and
must not change what is seen (TIFF 6.0, page 37).
"""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Iterator
from functools import cache
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from PIL import Image, ImageChops, TiffImagePlugin

from indexer.decoding.colour import averageable

NEW_SUBFILE, SUBFILE, WIDTH, LENGTH, BITS, PHOTOMETRIC = 254, 255, 256, 257, 258, 262
SUB_IFDS, SAMPLE_FORMAT = 330, 339
REDUCED, MASK = 1, 4  # bits of NewSubfileType
OLD_FULL = 1  # of SubfileType; 2 is reduced
WHITE_IS_ZERO, BLACK_IS_ZERO, TRANSPARENCY_MASK, ICC_LAB = 0, 1, 4, 9
SIGNED = 2
SEEN = frozenset((0, 1, 2, 3, 5, 6, 8, 9))  # photometric interpretations of pictures; others are masks and sensor data
INHERITED = (0x010F, 0x0110, 0x0112, 0x0132, 0x8769, 0x8825)  # make, model, orientation, date; EXIF and GPS
MOST_PAGES = 200  # that are looked at


class Page(NamedTuple):
    """A directory of a TIFF, as far as it tells what the page is."""

    offset: int
    tags: dict[int, int]  # the first number of each
    children: tuple[int, ...]  # offsets of the directories below it
    following: int


@cache
def teach_pillow() -> None:
    """Let Pillow open every kind of grey where zero is white, and ICC's Lab; followed() does what it leaves undone."""
    kinds: dict[Any, tuple[str, str]] = TiffImagePlugin.OPEN_INFO
    for order in (TiffImagePlugin.II, TiffImagePlugin.MM):
        kinds.setdefault((order, BLACK_IS_ZERO, (1,), 1, (12,), ()), ("I;16", "I;12"))
        kinds.setdefault((order, ICC_LAB, (1,), 1, (8, 8, 8), ()), ("LAB", "LAB"))
    for (order, photometric, *rest), modes in list(kinds.items()):
        if photometric == BLACK_IS_ZERO:
            kinds.setdefault((order, WHITE_IS_ZERO, *rest), modes)
            kinds.setdefault((order, TRANSPARENCY_MASK, *rest), modes)  # or the pages behind it can't be reached


def full_page(source: BinaryIO, image: Image.Image) -> Image.Image:
    """Return the picture that a TIFF's first page is only a small copy or a mask of; any other image as it is."""
    tags: Any = getattr(image, "tag_v2", None)
    if image.format != "TIFF" or tags is None or _is_full(tags.get(NEW_SUBFILE, 0), tags.get(SUBFILE, OLD_FULL)):
        return image
    with contextlib.suppress(Exception):  # then the small copy is all there is
        for page in _pages(source):
            is_full = _is_full(page.tags.get(NEW_SUBFILE, 0), page.tags.get(SUBFILE, OLD_FULL))
            if is_full and page.tags.get(PHOTOMETRIC) in SEEN:
                full = Image.open(_starting_with(source, page.offset), formats=["TIFF"])
                _inherit(full.getexif(), image.getexif())
                return full
    return image


def _inherit(exif: Image.Exif, first: Image.Exif) -> None:
    """Let a page have what only the first one says of the camera and of how the picture is turned."""
    for tag in INHERITED:
        if tag not in exif and tag in first:
            exif[tag] = first[tag]


def followed(image: Image.Image) -> Image.Image:
    """Return a decoded picture with white where its tags say so, scaled as they say; others as they are."""
    tags: Any = getattr(image, "tag_v2", None)
    if image.format != "TIFF" or tags is None:
        return image
    photometric, bits = tags.get(PHOTOMETRIC, WHITE_IS_ZERO), tags.get(BITS, (1,))
    signed = tags.get(SAMPLE_FORMAT, (1,))[0] == SIGNED
    changed = _scaled(image, bits[0], signed)
    if photometric == ICC_LAB and image.mode == "LAB":
        lightness, *colours = image.split()
        changed = Image.merge("LAB", (lightness, *(colour.point(lambda value: value ^ 128) for colour in colours)))
    if photometric == WHITE_IS_ZERO and not (len(bits) == 1 and image.mode in ("1", "L") and not signed):
        changed = _inverted(averageable(changed))
    if changed is not image:
        changed.info = image.info
        changed.format = image.format
    return changed


def _scaled(image: Image.Image, bits: int, signed: bool) -> Image.Image:
    """Return grey samples as 8 bits where Pillow's mode does not say how bright the brightest is."""
    samples = np.asarray(image) if image.mode in ("I", "I;16", "I;16B", "L") else None
    if samples is None or not (signed or bits in (12, 32)):
        return image
    if image.mode == "I" and bits == 32 and not signed:
        samples = samples.view(np.uint32)
    if image.mode == "L":
        samples = samples.view(np.int8)
    peak = int(samples.max(initial=0))
    if bits == 32:  # of so many bits most pictures use few
        brightest = next(limit for limit in (0xFF, 0xFFFF, 0x7FFFFFFF if signed else 0xFFFFFFFF) if peak <= limit)
    else:
        brightest = (1 << (bits - 1 if signed else bits)) - 1
    return Image.fromarray((np.clip(samples, 0, brightest) * (255 / brightest)).astype(np.uint8))


def _inverted(image: Image.Image) -> Image.Image:
    """Return grey with black and white exchanged; transparency stays."""
    if image.mode in ("LA", "RGBA"):
        *grey, alpha = image.split()
        return Image.merge(image.mode, [*map(ImageChops.invert, grey), alpha])
    return ImageChops.invert(image.convert("L"))


def _is_full(new_subfile: int, subfile: int) -> bool:
    """Return whether a page is a picture in full, by its tags."""
    return not new_subfile & (REDUCED | MASK) and subfile != 2


def _pages(source: BinaryIO) -> Iterator[Page]:
    """Yield the pages of a TIFF, those below a page right after it."""
    source.seek(0)
    head = source.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    (offset,) = struct.unpack_from(f"{order}Q" if big else f"{order}I", head, 8 if big else 4)
    waiting, seen = [offset], set[int]()
    while waiting and len(seen) < MOST_PAGES:
        offset = waiting.pop(0)
        if offset and offset not in seen:
            seen.add(offset)
            page = _page(source, offset, order, big)
            yield page
            waiting = [*page.children, *waiting, page.following]


def _page(source: BinaryIO, offset: int, order: str, big: bool) -> Page:
    """Read a directory."""
    count_form, entry_form, next_form = ("Q", "HHQ8s", "Q") if big else ("H", "HHI4s", "I")
    (count,) = _unpacked(source, offset, order + count_form)
    start, size = offset + struct.calcsize(order + count_form), struct.calcsize(order + entry_form)
    tags: dict[int, int] = {}
    children: tuple[int, ...] = ()
    for at in range(start, start + min(count, 1000) * size, size):
        tag, kind, length, value = _unpacked(source, at, order + entry_form)
        form = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}.get(kind)
        if form is None:
            continue
        numbers = f"{order}{min(length, 100)}{form}"
        if struct.calcsize(numbers) <= len(value):
            values = struct.unpack_from(numbers, value)
        elif tag == SUB_IFDS:
            values = _unpacked(source, struct.unpack(order + next_form, value)[0], numbers)
        else:
            continue
        if values:
            tags[tag] = values[0]
        children = values if tag == SUB_IFDS else children
    (following,) = _unpacked(source, start + count * size, order + next_form)
    return Page(offset, tags, children, following)


def _unpacked(source: BinaryIO, offset: int, form: str) -> tuple[Any, ...]:
    """Read numbers at an offset."""
    source.seek(offset)
    return struct.unpack(form, source.read(struct.calcsize(form)))


def _starting_with(source: BinaryIO, offset: int) -> BinaryIO:
    """Return a TIFF's bytes with another directory as the first."""
    source.seek(0)
    content = bytearray(source.read())
    order = "little" if content[:2] == b"II" else "big"
    big = bytes(content[2:4]) in (b"+\0", b"\0+")
    start, size = (8, 8) if big else (4, 4)
    content[start : start + size] = offset.to_bytes(size, order)  # type: ignore[arg-type]
    return io.BytesIO(content)
