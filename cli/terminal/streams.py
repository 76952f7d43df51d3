"""The three standard streams, made safe before a command runs.

A stream that the shell closed (`>&-`) becomes /dev/null: else the next file that is opened, such as the database, would
get its number, and what a library prints would be written into it. No message is worth a run: what can't be written
to stderr, as its disk is full or nobody reads it, is lost. And nothing but our own drawing reaches a terminal as it is:
see door.py. A stdout that is no terminal is left alone, so that results are byte for byte and cost nothing.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TextIO

from cli.terminal.door import SafeStream, trusted


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether the stream is a terminal; one that the shell closed is None."""
    return stream is not None and stream.isatty()


class _Lenient(io.BufferedIOBase):
    """A file descriptor to which writing never fails."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def writable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return os.isatty(self._descriptor)

    def write(self, content: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        """Write what can be written, and return the length of all of it."""
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            pass
        return len(content)


def prepare_streams() -> None:
    """Open what the shell closed, let stderr never fail, and put the door before terminals.

    Streams that a test or program has replaced stay.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None and getattr(sys, f"__{name}__") is None:
            mode = "r" if number == 0 else "w"
            setattr(
                sys, name, os.fdopen(_null(number), mode, encoding="utf-8", errors="surrogateescape", closefd=False)
            )
    os.environ.setdefault("PYTHON_COLORS", "0")  # of tracebacks, since Python 3.13: the door would spell them out
    if sys.stderr is sys.__stderr__:
        _guard_stderr()
    stdout = sys.stdout
    if stdout is sys.__stdout__ and stdout is not None and stdout.isatty():
        if isinstance(stdout, io.TextIOWrapper):
            with contextlib.suppress(OSError):
                stdout.reconfigure(errors="backslashreplace")  # of letters that the terminal's encoding lacks
        sys.stdout = SafeStream(stdout)


def _guard_stderr() -> None:
    stderr = sys.stderr
    if os.name == "posix" and isinstance(stderr, io.TextIOWrapper):
        stderr = io.TextIOWrapper(
            _Lenient(stderr.fileno()), stderr.encoding, stderr.errors, line_buffering=True, write_through=True
        )
    if stderr is not None:
        sys.stderr = SafeStream(stderr)


def discard_stdout() -> None:
    """Let what is still to be written to stdout, which has failed, go nowhere: Python would try again at its end."""
    stdout = sys.__stdout__
    if stdout is not None and trusted(sys.stdout) is stdout:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stdout.fileno())
        os.close(null)


def _null(number: int) -> int:
    """Return a descriptor of /dev/null: the number of the stream, which is the lowest one that is free.

    If something has taken that number before us, it keeps it.
    """
    return os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)
