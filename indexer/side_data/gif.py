"""GIF (GIF89a): blocks, of which comments, texts and applications' are side data."""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Iterator

GIFS = (b"GIF87a", b"GIF89a")
EXTENSION, PICTURE, TRAILER = 0x21, 0x2C, 0x3B
CONTROL = b"\xf9\x04"  # the extension that says what is transparent, and its length
MOST_STARTS = 50  # that are tried where a wrong length hides what follows
STARTS = re.compile(rb"(?=\x21\xf9\x04....\0|\x2c........)", re.DOTALL)  # of a control extension, of a picture


def gif_versions(content: bytes) -> Iterator[bytes]:
    """Yield the file without extensions but for the graphic control ones; if that leads nowhere, from later blocks on.

    A picture that the blocks lead to is the first one, sound or not: a later one must not stand for it.
    """
    head = content[: 13 + _colours(content[10:11])]
    blocks = list(_blocks(content, len(head)))
    yield head + b"".join(blocks)
    if any(block[0] == PICTURE for block in blocks):
        return
    starts = (match.start() for match in STARTS.finditer(content, len(head)))
    for start in itertools.islice((start for start in starts if _is_plausible(content, start)), MOST_STARTS):
        yield head + b"".join(_blocks(content, start))


def _is_plausible(content: bytes, start: int) -> bool:
    """Return whether a block may begin here: a picture is not empty, and inside the screen."""
    if content[start] == EXTENSION:
        return True
    if start + 9 > len(content):
        return False
    wide, high = struct.unpack_from("<2H", content, 6)
    left, top, width, height = struct.unpack_from("<4H", content, start + 1)
    return bool(0 < width <= wide - left and 0 < height <= high - top)


def _blocks(content: bytes, start: int) -> Iterator[bytes]:
    """Yield pictures and graphic control extensions as they are, and a trailer."""
    while start + 2 <= len(content) and content[start] in (EXTENSION, PICTURE):
        if content[start] == PICTURE:
            if not _is_plausible(content, start):
                return
            data = start + 11 + _colours(content[start + 9 : start + 10])  # with the byte for the size of codes
            wanted = True
        else:
            data, wanted = start + 2, content[start + 1 : start + 3] == CONTROL
        end = _end_of_data(content, data)
        if wanted:
            yield content[start:end]
        start = end
    yield bytes([TRAILER])


def _end_of_data(content: bytes, start: int) -> int:
    """Return where the blocks of data end that begin at `start`: the last one is empty."""
    while start < len(content) and content[start]:
        start += 1 + content[start]
    return min(start + 1, len(content))


def _colours(flags: bytes) -> int:
    """Return the size in bytes of the palette that the flags announce."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0
