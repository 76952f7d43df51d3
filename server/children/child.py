"""A child process that says what it does in lines of JSON, and stops when its standard input ends.

What decodes, encodes or copies runs in one: its memory goes with it, a crash takes nothing else along, and it never
outlives the server, whose end closes the pipe, be it by kill -9.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal

Line = dict[str, Any]

PROGRAM = "from server.children.child_main import main; main()"  # which does what its request says
PACKAGES = Path(__file__).parents[2]  # where the packages lie, and nothing of anyone else's
LAST_LOOKS, LOOK_SECONDS = 40, 0.05  # in a row, between which no line comes after its end: then it was the last one
PATIENCE = 5.0  # seconds that a child has when the server ends


class Child:
    """A child process, read and waited for by threads of its own."""

    def __init__(
        self,
        program: str,
        arguments: Sequence[str] = (),
        *,
        told: Callable[[Line], None],
        ended: Callable[[int], None],
        stream: Literal["stdout", "stderr"] = "stdout",
        request: bytes = b"",
    ) -> None:
        """Run a line of Python with arguments; raises OSError if no process can be started.

        `told` gets each line of the stream, then `ended` gets the exit code, both in threads. `request` is what the
        child reads first.
        """
        streams = {"stdout": subprocess.DEVNULL, "stderr": None, stream: subprocess.PIPE}
        self._process = subprocess.Popen(  # noqa: S603  # no shell; roots are paths of the library
            [sys.executable, "-c", program, *arguments],
            stdin=subprocess.PIPE,
            stdout=streams["stdout"],
            stderr=streams["stderr"],
            cwd=PACKAGES,  # Python imports from the current folder first, which may hold anything
            **_apart(),
        )
        self._input = threading.Lock()
        self._told, self._ended = told, ended
        self._is_over = threading.Event()
        self._lines = 0
        reader = threading.Thread(target=self._read, args=(stream, request), name="child's lines", daemon=True)
        reader.start()
        self._thread = threading.Thread(target=self._wait, args=(reader,), name="child", daemon=True)
        self._thread.start()

    @property
    def process_id(self) -> int:
        """Its id."""
        return self._process.pid

    def stop(self) -> None:
        """Ask it to stop after what it has in hand."""
        with self._input, contextlib.suppress(OSError):  # it has ended
            assert self._process.stdin is not None
            self._process.stdin.close()

    def close(self) -> None:
        """Stop it, whatever it is doing, and wait for its end."""
        self.stop()
        for end in (self._process.terminate, self._process.kill):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE)
                break
            end()
        self._thread.join(PATIENCE)

    def _read(self, stream: str, request: bytes) -> None:
        lines: BinaryIO = getattr(self._process, stream)
        with lines:
            self._ask(request)
            for line in lines:
                if self._is_over.is_set():
                    return
                self._lines += 1
                with contextlib.suppress(ValueError):  # a warning of some library
                    told = json.loads(line)
                    if isinstance(told, dict):
                        self._told(told)

    def _wait(self, reader: threading.Thread) -> None:
        """Wait for its end, and then for its last lines: what it has started itself may hold the stream open.

        Not for one long while: a busy machine could let it pass in which nothing else runs here.
        """
        code = self._process.wait()
        lines, looks = self._lines, 0
        while reader.is_alive() and looks < LAST_LOOKS:
            reader.join(LOOK_SECONDS)
            looks = looks + 1 if lines == self._lines else 0
            lines = self._lines
        self._is_over.set()
        self.stop()
        self._ended(code)

    def _ask(self, request: bytes) -> None:
        """Hand over the request."""
        with self._input, contextlib.suppress(OSError, ValueError):  # it has ended, or was stopped
            assert self._process.stdin is not None
            self._process.stdin.write(request)
            self._process.stdin.flush()


def _apart() -> dict[str, Any]:
    """Return what keeps a child from getting the Ctrl-C that a terminal sends to the server too."""
    if os.name == "posix":
        return {"start_new_session": True}
    return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
