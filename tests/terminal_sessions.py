"""A command on a pseudo terminal: what it shows, what is typed meanwhile, and how it ends."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

LONG = 180.0  # seconds that nothing takes, however busy the machine is

# The command line with the fake model.
PROGRAM = """
from indexer.models import loading
from tests import fakes
loading.load_encoder = lambda *_: fakes.ColourEncoder()
from cli.main import main
main()
"""


class OnTerminal:
    """A command whose standard streams are one terminal, which is its own: what is typed there may be Ctrl-C."""

    def __init__(self, process: subprocess.Popen[bytes], ours: int) -> None:
        self.process, self._ours, self._seen = process, ours, b""

    @property
    def shown(self) -> str:
        """What was shown so far, without colours and links."""
        text = self._seen.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\", "", text)

    def wait_for(self, text: str) -> None:
        """Read until a text is shown."""
        until = time.monotonic() + LONG
        while text not in self.shown:
            assert time.monotonic() < until and self._read(), f"{text!r} was not shown: {self.shown}"

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def end(self) -> int:
        """Read to the end, and return the exit code."""
        while self._read():
            pass
        return self.process.wait(LONG)

    def _read(self) -> bool:
        """Read what there is, and return whether more may come."""
        if not select.select([self._ours], [], [], LONG)[0]:
            return False
        try:
            piece = os.read(self._ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            return False
        self._seen += piece
        return bool(piece)


@contextmanager
def on_terminal(
    *arguments: str | Path,
    library: Path,
    folder: Path,
    program: str = PROGRAM,
    columns: int = 200,
    **environment: str,
) -> Iterator[OnTerminal]:
    """Run a command in a folder, on a terminal of its own."""
    pty = pytest.importorskip("pty")
    import fcntl
    import struct
    import termios

    def own() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    variables = {**kept, "PYTHONPATH": str(REPOSITORY), "TERM": "xterm", "CLIPSEARCH_LIBRARY": str(library)}
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(os.fspath, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env={**variables, "PWD": str(folder), **environment},
        preexec_fn=own,
    )
    os.close(theirs)
    try:
        yield OnTerminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
