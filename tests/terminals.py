"""A pseudo terminal of any width, on which a command runs with the fake model in a process of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.hostile import PROGRAM

CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\")  # colours, the cursor, links
PATIENCE = 120.0


def on_terminal(library: Path, *arguments: str | Path, columns: int = 80, **environment: str) -> tuple[str, int]:
    """Run a command on a terminal; return what that shows, without colours and links, and the exit code."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    settings = {
        **{name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")},
        "CLIPSEARCH_LIBRARY": str(library),
        "PYTHONPATH": str(REPOSITORY),
        "TERM": "xterm-256color",
        **environment,
    }
    command = [sys.executable, "-c", PROGRAM, *map(os.fspath, arguments)]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=settings)
    os.close(theirs)
    shown = _everything(ours)
    os.close(ours)
    return CODES.sub("", shown.decode("utf-8", "surrogateescape")).replace("\r\n", "\n"), process.wait(10)


def _everything(terminal: int) -> bytes:
    """Return what is written to a terminal until it is closed."""
    got, deadline = b"", time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 1.0)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not piece:
            break
        got += piece
    return got
