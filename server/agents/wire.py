"""Standard input and output, kept for the protocol alone.

Whatever else reads in this process or its children finds the end of a file, and what a library prints goes to stderr.
Lines are read by a thread that nobody waits for: else a server could not end while its host keeps the pipe open.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

LONGEST_LINE = 2 << 20  # bytes of a message
PIECE = 1 << 16
MOST_WAITING = 16  # lines that are read ahead
TOO_LONG = "\0"  # what is handed on instead of too long a line: no message, which is answered as such


@dataclass(frozen=True, slots=True)
class Wire:
    """The descriptors of what was standard input and output."""

    input: int
    output: int


def take_wire() -> Wire:
    """Take both from everything else that this process and its children do.

    Of streams that were closed before the start something else may have the numbers 0 and 1, and keeps them.
    """
    stdin, stdout = sys.stdin.fileno(), sys.stdout.fileno()
    wire = Wire(os.dup(stdin), os.dup(stdout))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, stdin)
    os.close(nothing)
    os.dup2(sys.stderr.fileno(), stdout)
    return wire


class Lines:
    """The lines of a descriptor, each of which may be a message."""

    def __init__(self, descriptor: int, on_end: Callable[[], None]) -> None:
        """Take what is called in a thread when there are no more."""
        self._descriptor = descriptor
        self._on_end = on_end
        self._room = threading.Semaphore(MOST_WAITING)
        self._read: asyncio.Queue[str | None] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[str]:
        """Yield them as they come."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read_all, args=(loop,), name="stdin", daemon=True).start()
        while (line := await self._read.get()) is not None:
            self._room.release()
            yield line

    def _read_all(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand all lines on, and the end."""
        try:
            for line in _lines(self._descriptor):
                self._room.acquire()
                loop.call_soon_threadsafe(self._read.put_nowait, line)
            self._on_end()
            loop.call_soon_threadsafe(self._read.put_nowait, None)
        except RuntimeError:
            return  # the loop has ended before


class Output:
    """A descriptor to which messages are written, in a thread."""

    def __init__(self, descriptor: int, on_lost: Callable[[], None]) -> None:
        """Take what is called when nobody reads them any more."""
        self._descriptor = descriptor
        self._on_lost = on_lost

    async def write(self, text: str) -> None:
        """Write a text, however slowly it is read; once nobody reads it, wait for the end."""
        from anyio import sleep_forever, to_thread

        try:
            await to_thread.run_sync(self._write, text.encode(), abandon_on_cancel=True)
        except OSError:
            self._on_lost()
            await sleep_forever()

    async def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def _write(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


def _lines(descriptor: int) -> Iterator[str]:
    """Yield lines without their ends; of too long a one nothing is kept."""
    begun, is_long = bytearray(), False
    while piece := _piece(descriptor):
        *ended, rest = piece.split(b"\n")
        for part in ended:
            begun += part
            yield TOO_LONG if is_long or len(begun) > LONGEST_LINE else begun.decode("utf-8", "replace")
            begun, is_long = bytearray(), False
        begun += rest
        if len(begun) > LONGEST_LINE:
            begun, is_long = bytearray(), True
    if begun:
        yield begun.decode("utf-8", "replace")


def _piece(descriptor: int) -> bytes:
    """Return what has come; nothing at the end, also of what can't be read."""
    try:
        return os.read(descriptor, PIECE)
    except OSError:
        return b""
