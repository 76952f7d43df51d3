"""The door to a terminal: whatever is written to it, a forgotten name or a library's warning, passes here.

`SafeStream` takes the place of stdout, if that is a terminal, and of stderr, which holds messages and no results. It
lets lines of text through and spells out all that a terminal would obey. What we draw ourselves, colours, bars and
pictures, is written to `trusted`, by consoles.py and after its texts were made harmless.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Protocol, TextIO, cast

from indexer.harmless import harmless_lines


class Sink(Protocol):
    """Takes text that is harmless, and shows it."""

    def write(self, text: str, /) -> object:
        """Write a text."""

    def flush(self) -> object:
        """Show what was written."""


class SafeStream(io.TextIOBase):
    """A text stream that makes what is written harmless, also by way of its `buffer`."""

    def __init__(self, stream: TextIO) -> None:
        """Take the stream to write to."""
        super().__init__()
        self.stream = stream
        self.sink: Sink = stream
        self.buffer = _SafeBytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream."""
        return self.stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What becomes of letters that the encoding lacks."""
        return self.stream.errors

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self.stream.isatty()

    def fileno(self) -> int:
        """Return the file descriptor; on Windows a terminal has none, since click would write to it past us."""
        if sys.platform == "win32" and self.isatty():
            raise io.UnsupportedOperation("fileno")
        return self.stream.fileno()

    def write(self, text: str, /) -> int:
        """Write a text, and return its length."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.sink.write(harmless_lines(text))
        return len(text)

    def flush(self) -> None:
        """Show what was written."""
        self.sink.flush()


class _SafeBytes(io.BufferedIOBase):
    """The bytes of a SafeStream: UTF-8, as names and JSON are, whatever the encoding of the terminal."""

    def __init__(self, stream: SafeStream) -> None:
        super().__init__()
        self._stream = stream

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._stream.fileno()

    def write(self, content: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        """Write bytes, and return their number."""
        self._stream.write(bytes(content).decode("utf-8", "surrogateescape"))
        return len(content)

    def flush(self) -> None:
        """Show what was written."""
        self._stream.flush()


def trusted(stream: TextIO) -> TextIO:
    """Return what a stream writes to: only for what we draw, of texts that are harmless already."""
    return cast("SafeStream", stream).stream if isinstance(stream, SafeStream) else stream


@contextlib.contextmanager
def led_to(sink: Sink) -> Iterator[None]:
    """Lead what is written to terminals elsewhere: above a bar that is being drawn."""
    streams = [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, SafeStream) and stream.isatty()]
    before = [stream.sink for stream in streams]
    for stream in streams:
        stream.sink = sink
    try:
        yield
    finally:
        for stream, old in zip(streams, before, strict=True):
            stream.sink = old
