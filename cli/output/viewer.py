"""Opening files in the system's viewer; names are passed as they are, no shell sees them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from cli.output.rows import confirmed
from cli.terminal.streams import is_terminal
from indexer.errors import OutputError
from indexer.paths import readable
from indexer.wording import counted

UNASKED = 20  # files opened without a question: each may get a window of its own
PATIENCE = 3.0  # seconds within which an opener fails if it does; one that goes on shows the picture


def check_count(count: int) -> None:
    """Ask before many files are opened; raises click.UsageError where nobody can be asked."""
    if count <= UNASKED:
        return
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise click.UsageError(
            f"--open would open {counted(count, 'file')}; use -k {UNASKED} or less,"
            " or --html FILE --open for one contact sheet."
        )
    if not confirmed(f"Open {counted(count, 'file')}?"):
        raise click.Abort


def open_files(paths: Sequence[Path]) -> None:
    """Open files in the viewer that the system has for them.

    Raises OutputError if there is no display or no opener, or it refuses a file.
    """
    names = [os.path.abspath(path) for path in paths]
    if not names:
        return
    if sys.platform == "win32":
        for name in names:
            os.startfile(name)  # noqa: S606
    elif sys.platform == "darwin":
        _run([["open", *names]])  # all in one window of Preview
    else:
        _check_display()
        _run([[_opener(), name] for name in names])


def _check_display() -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise OutputError(
            "There is no display to open pictures on; --html FILE writes a contact sheet that you can open elsewhere."
        )


def _opener() -> str:
    opener = shutil.which("xdg-open")
    if opener is None:
        raise OutputError("Nothing here opens files: xdg-open is missing; install the package xdg-utils.")
    return opener


def _run(commands: Sequence[Sequence[str]]) -> None:
    """Start commands that outlive this one; raises OutputError if one fails at once."""
    quiet = subprocess.DEVNULL
    started = [
        subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603
        for command in commands
    ]
    deadline = time.monotonic() + PATIENCE
    for process, command in zip(started, commands, strict=True):
        try:
            code = process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.returncode = 0  # it is the viewer itself, and may outlive us
            continue
        if code:
            raise OutputError(
                f"The system has no viewer for {readable(command[-1])} ({Path(command[0]).name}: {code})."
            )
