"""JPEG XL (ISO/IEC 18181-2) and JPEG 2000 (ISO/IEC 15444-1): boxes around a codestream."""

from __future__ import annotations

from collections.abc import Iterator

JPEG_XL, JPEG_2000 = b"\0\0\0\x0cJXL \r\n\x87\n", b"\0\0\0\x0cjP  \r\n\x87\n"
PIXELS = {
    JPEG_XL: frozenset((b"JXL ", b"ftyp", b"jxll", b"jxlc", b"jxlp", b"jbrd")),
    JPEG_2000: frozenset((b"jP  ", b"ftyp", b"jp2h", b"jp2c")),
}
END = b"\xff\xd9"  # of a JPEG 2000 codestream
STREAMS = {JPEG_XL: b"jxlc\xff\x0a", JPEG_2000: b"jp2c\xff\x4f\xff\x51"}  # the box of a codestream, and how that begins


def is_boxed(content: bytes) -> bool:
    """Return whether a file that starts like this is JPEG XL or JPEG 2000 in boxes."""
    return content.startswith(tuple(PIXELS))


def box_versions(content: bytes) -> Iterator[bytes]:
    """Yield the file with the boxes of its pixels alone, then the bare codestream."""
    head = content[:12]
    yield b"".join(content[start:end] for kind, start, end in _boxes(content) if kind in PIXELS[head])
    start = content.rfind(STREAMS[head])  # side data comes first
    if start > 0:
        yield content[start + 4 :]
    if head == JPEG_2000:
        yield content + END  # which is all that a file lacks that was cut by two bytes


def _boxes(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each box, where it begins and where it ends."""
    start = 0
    while start + 8 <= len(content):
        length = int.from_bytes(content[start : start + 4], "big")
        if length == 1:
            length = int.from_bytes(content[start + 8 : start + 16], "big")
        end = start + length if length >= 8 else len(content)  # 0 is the rest of the file
        yield content[start + 4 : start + 8], start, min(end, len(content))
        start = end
