"""Tags of a TIFF that are missing and without which its samples can't be told, by what the others leave possible.

TIFF 6.0 has defaults, one bit and one sample a pixel, which faxes rely on. Where the strips are of another length than
the defaults would make them, the length says what is meant.
"""

from __future__ import annotations

import contextlib
import re
import zlib

from indexer.errors import PictureError
from indexer.side_data.directories import MOST_STRIPS, PHOTOMETRIC, Tag, numbers
from indexer.side_data.file_bytes import Bytes

WIDTH, LENGTH, BITS, COMPRESSION, SAMPLES, ROWS_PER_STRIP, PLANES = 256, 257, 258, 259, 277, 278, 284
PALETTE, TILE_WIDTH, TILE_LENGTH, EXTRA = 320, 322, 323, 338
STRIPS, COUNTS, TILES, TILE_COUNTS = 273, 279, 324, 325
NEEDED = frozenset((BITS, SAMPLES, PHOTOMETRIC))
IN_PLANES = 2  # of PlanarConfiguration
PLAIN, DEFLATED, FAXES, JPEGS = 1, (8, 32946), (2, 3, 4, 32771), (6, 7)
OF_8_BITS = (6, 7, 34712, 33003, 33005, 50001, 50002)  # compressions of pictures: JPEG, JPEG 2000, WebP, JPEG XL
COLOURS = {2: 3, 5: 4, 6: 3, 8: 3, 9: 3}  # by photometric interpretation
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTED, INKS, YCBCR = 0, 1, 2, 3, 5, 6
FRAME = re.compile(rb"\xff[\xc0-\xc2]..\x08....([\1-\4])((?:...)+)", re.DOTALL)  # ITU-T T.81, B.2.2
OF_RGB = (b"RGB", b"\0\1\2")  # identifiers of components; libtiff numbers those of YCbCr from 1
MOST_HEAD = 4096  # bytes of a JPEG before its frame
DEPTHS = (8, 16, 32)


def missing_tags(content: Bytes, page: list[Tag]) -> dict[int, int]:
    """Return what is to be said of samples, by tag; nothing of what has all its tags or rightly relies on defaults.

    Raises PictureError if nothing gives a picture.
    """
    tags = {tag.number: values for tag in page if (values := numbers(content, tag, MOST_STRIPS if tag.count else 0))}
    if tags.keys() >= NEEDED or not {WIDTH, LENGTH} <= tags.keys():
        return {}
    components = _components(content, tags) if _first(tags, COMPRESSION, PLAIN) in JPEGS else b""
    bits, samples = (8, len(components)) if components else _depth(content, tags)
    photometric = tags[PHOTOMETRIC][0] if PHOTOMETRIC in tags else _meaning(tags, bits, samples, components)
    wanted = {BITS: (bits, 1), SAMPLES: (samples, 1), PHOTOMETRIC: (photometric, WHITE_IS_ZERO)}
    return {tag: value for tag, (value, default) in wanted.items() if tag not in tags and value != default}


def _depth(content: Bytes, tags: dict[int, tuple[int, ...]]) -> tuple[int, int]:
    """Return the bits of a sample and the samples of a pixel."""
    compression = _first(tags, COMPRESSION, PLAIN)
    stated_bits, stated = tags.get(BITS, ()), tags.get(SAMPLES, ())
    likely = COLOURS.get(_first(tags, PHOTOMETRIC, -1), 1) + len(tags.get(EXTRA, ()))
    of_samples = stated[:1] or ((len(stated_bits),) if len(stated_bits) > 1 else (likely, 3, 1, 4, 2))
    if compression in OF_8_BITS:
        is_colour = PHOTOMETRIC not in tags and not stated and len(stated_bits) != 1
        return _first(tags, BITS, 8), 3 if is_colour else of_samples[0]
    if compression in FAXES or (length := _length(content, tags, compression)) is None:
        return _first(tags, BITS, 1 if likely == 1 else 8), of_samples[0]
    for samples in of_samples:
        for bits in stated_bits[:1] or (*((1,) if samples == 1 else ()), *DEPTHS):
            if _fits(tags, bits, samples, length):
                return bits, samples
    if stated_bits and stated:
        return stated_bits[0], stated[0]  # whether the rest is there, the decoder will say
    raise PictureError("a TIFF that does not say how many bits and samples its pixels have")


def _fits(tags: dict[int, tuple[int, ...]], bits: int, samples: int, length: int) -> bool:
    """Return whether strips or tiles of these samples are as long as they should be at least, and hardly longer."""
    width, rows = tags[WIDTH][0], tags[LENGTH][0]
    if TILE_WIDTH in tags and TILE_LENGTH in tags:
        width, rows = tags[TILE_WIDTH][0], tags[TILE_LENGTH][0] * len(tags.get(TILES, ()))
        samples = 1 if _first(tags, PLANES, 1) == IN_PLANES else samples  # the tiles are those of all planes
    elif _first(tags, COMPRESSION, PLAIN) != PLAIN:
        rows = min(rows, _first(tags, ROWS_PER_STRIP, 0) or rows)  # only the first strip is measured
    wanted = (width * samples * bits + 7) // 8 * rows
    return wanted <= length < wanted + max(wanted // 8, 2)


def _length(content: Bytes, tags: dict[int, tuple[int, ...]], compression: int) -> int | None:
    """Return how many bytes the samples are: all, or those of the first deflated strip; None if that is not known."""
    starts = tags.get(STRIPS) or tags.get(TILES) or ()
    counts = tags.get(COUNTS) or tags.get(TILE_COUNTS) or ()
    if compression == PLAIN:
        return sum(counts) or None
    if (
        compression in DEFLATED
        and starts
        and counts
        and TILE_WIDTH not in tags
        and _first(tags, PLANES, 1) != IN_PLANES
    ):
        with contextlib.suppress(zlib.error):
            return len(zlib.decompressobj().decompress(content[starts[0] : starts[0] + counts[0]], 2**28))
    return None


def _meaning(tags: dict[int, tuple[int, ...]], bits: int, samples: int, components: bytes) -> int:
    """Return the photometric interpretation that samples must have."""
    if PALETTE in tags:
        return PALETTED
    if samples >= 3:
        return INKS if len(components) == 4 else YCBCR if components and components not in OF_RGB else RGB
    return WHITE_IS_ZERO if bits == 1 else BLACK_IS_ZERO


def _components(content: Bytes, tags: dict[int, tuple[int, ...]]) -> bytes:
    """Return the identifiers of the components of the first JPEG in a TIFF; empty if there is none."""
    starts = tags.get(STRIPS) or tags.get(TILES) or ()
    frame = FRAME.search(content[starts[0] : starts[0] + MOST_HEAD]) if starts else None
    return frame[2][: 3 * frame[1][0] : 3] if frame else b""


def _first(tags: dict[int, tuple[int, ...]], number: int, default: int) -> int:
    return tags[number][0] if number in tags else default
