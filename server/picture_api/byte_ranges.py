"""Parts of files: at most one range of bytes a request (RFC 9110, section 14), read piece by piece."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from typing import Any, BinaryIO

from starlette.responses import StreamingResponse

from server.errors import Refused

PIECE = 256 * 1024  # bytes
ONE_RANGE = "One range of bytes can be asked for at a time."
_RANGE = re.compile(r"bytes=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.ASCII)


class OutOfRange(Refused):
    """A range that the file does not have."""

    def __init__(self, sentence: str, size: int) -> None:
        """Take what is wrong, and how many bytes there are."""
        super().__init__(416, sentence)
        self.size = size


def chosen_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte and how many are asked for of a file, None if all; raises OutOfRange.

    What is no range of bytes is passed over, as the RFC says.
    """
    if header is None or not header.startswith("bytes="):
        return None
    if "," in header:
        raise OutOfRange(ONE_RANGE, size)
    match = _RANGE.fullmatch(header)
    if match is None or match.groups() == ("", ""):
        return None
    first, last = (int(number) if number else None for number in match.groups())
    if first is None:
        first, last = max(0, size - (last or 0)), size - 1
        first = first if match[2].strip("0") else size  # the last 0 bytes
    elif last is not None and last < first:
        return None
    if first >= size:
        raise OutOfRange(f"The file has {size:,} bytes; there are none from {first:,} on.", size)
    return first, min(size - 1 if last is None else last, size - 1) - first + 1


class FilePart(StreamingResponse):
    """An open file, or a part of it; closes it at the end, however that comes about."""

    def __init__(self, file: BinaryIO, part: tuple[int, int] | None, headers: dict[str, str], media_type: str) -> None:
        """Take the file, the first byte and the number of bytes, and what else to say."""
        size = os.fstat(file.fileno()).st_size
        first, length = part or (0, size)
        told = {**headers, "Accept-Ranges": "bytes", "Content-Length": str(length)}
        if part is not None:
            told["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
        super().__init__(_pieces(file, first, length), 200 if part is None else 206, told, media_type)
        self._file = file

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


async def _pieces(file: BinaryIO, first: int, length: int) -> AsyncIterator[bytes]:
    """Yield so many bytes; fewer if the file has become shorter."""
    await asyncio.to_thread(file.seek, first)
    while length > 0 and (piece := await asyncio.to_thread(file.read, min(PIECE, length))):
        length -= len(piece)
        yield piece
