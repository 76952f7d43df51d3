"""The size of a JPEG XL picture, read from its head: the plugin decodes on opening, too late for the guard.

ISO/IEC 18181-1, section "SizeHeader"; the boxes around it are those of ISO/IEC 18181-2.
"""

from __future__ import annotations

from collections.abc import Callable

HEAD = 4096  # bytes; the codestream starts within them, unless large metadata is in the way
BARE, BOXED = b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"
RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # width : height


def is_jpeg_xl(head: bytes) -> bool:
    """Return whether a file that starts like this is JPEG XL."""
    return head.startswith((BARE, BOXED))


def size_of(head: bytes) -> tuple[int, int] | None:
    """Return (width, height) in pixels; None if the head does not hold it."""
    start = 0 if head.startswith(BARE) else _codestream(head)
    if start is None or not head.startswith(BARE, start) or len(head) < start + 12:
        return None
    take = _bits(int.from_bytes(head[start + 2 : start + 12], "little"))
    small = take(1)

    def side() -> int:
        return 8 * (take(5) + 1) if small else 1 + take((9, 13, 18, 30)[take(2)])

    height = side()
    ratio = take(3)
    if ratio == 0:
        return side(), height
    across, down = RATIOS[ratio - 1]
    return height * across // down, height


def _bits(number: int) -> Callable[[int], int]:
    """Return a function that takes a count of bits and returns the next ones as a number, the lowest first."""

    def take(count: int) -> int:
        nonlocal number
        taken = number & ((1 << count) - 1)
        number >>= count
        return taken

    return take


def _codestream(head: bytes) -> int | None:
    """Return the offset of the codestream in a file of boxes."""
    offset = 0
    while offset + 16 <= len(head):
        length, kind = int.from_bytes(head[offset : offset + 4], "big"), head[offset + 4 : offset + 8]
        content = offset + 8
        if length == 1:
            length, content = int.from_bytes(head[offset + 8 : offset + 16], "big"), offset + 16
        if kind in (b"jxlc", b"jxlp"):
            return content if kind == b"jxlc" else content + 4  # jxlp: a part, which starts with its number
        if length < 8:
            return None
        offset += length
    return None
