"""Files taken as bytes without a copy of them: read where something is asked for, and with a few bytes other."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class FileBytes:
    """The bytes of a seekable file; what is sliced is read then."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._size = source.seek(0, os.SEEK_END)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        if start >= stop:
            return b""
        self._source.seek(start)
        return self._source.read(stop - start)


Bytes = bytes | FileBytes


class _Changed(io.RawIOBase):
    """A seekable file with another beginning, and more at its end."""

    def __init__(self, source: BinaryIO, head: bytes, tail: bytes) -> None:
        self._source, self._head, self._tail = source, head, tail
        self._end = source.seek(0, os.SEEK_END)
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position}.get(whence, self._end + len(self._tail))
        self._position = max(0, origin + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        room = memoryview(buffer).cast("B")
        part = self._part(self._position, len(room))
        room[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _part(self, start: int, most: int) -> bytes:
        """Return bytes of the part of the file that `start` is in."""
        if start < len(self._head):
            return self._head[start : start + most]
        if start >= self._end:
            return self._tail[start - self._end : start - self._end + most]
        self._source.seek(start)
        return self._source.read(min(most, self._end - start))


def changed(source: BinaryIO, head: bytes, tail: bytes) -> BinaryIO:
    """Return a seekable file, at least as long as `head`, with that as its beginning, and with `tail` at its end."""
    return io.BufferedReader(_Changed(source, head, tail))
