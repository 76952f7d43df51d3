"""What a child process of the server does: one piece of work that it is asked for, told of in lines of JSON.

It reads the request from its standard input, whose end asks it to stop, and writes to its standard output; whatever
else writes there is led to standard error. The last line says how it ended.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from indexer.errors import ClipsearchError
from indexer.installation import advised

GRACE = 10.0  # seconds in which the work in hand may be finished once it was asked to stop
REPORT_SECONDS = 0.2  # between lines on how far it is
STOPPED = 130

Work = Callable[[dict[str, Any], "Told"], dict[str, Any]]


class Told:
    """What the server is told, and whether it wants the work to stop."""

    def __init__(self, out: BinaryIO) -> None:
        """Take the stream to write to."""
        self._out = out
        self._last = 0.0
        self._lock = threading.Lock()
        self._stop = False

    def line(self, event: str, **fields: Any) -> None:
        """Write a line."""
        with self._lock:
            self._out.write(json.dumps({"event": event, **fields}).encode("ascii") + b"\n")
            self._out.flush()

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far it is, some times a second."""
        now = time.monotonic()
        if now - self._last >= REPORT_SECONDS or done == total:
            self._last = now
            self.line("progress", done=done, **({} if total is None else {"total": total}))

    def stopping(self) -> bool:
        """Return whether to stop."""
        return self._stop

    def stop_at_eof(self, requests: BinaryIO) -> None:
        """Stop once the server's end of the pipe is closed, and at once if that takes long; for a thread."""
        while requests.read(4096):
            pass
        self._stop = True
        time.sleep(GRACE)
        os._exit(STOPPED)


def main() -> None:
    """Do what is asked for."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no line of ours
    requests = sys.stdin.buffer
    request = json.loads(requests.readline())
    told = Told(out)
    threading.Thread(target=told.stop_at_eof, args=(requests,), daemon=True).start()
    _do(work_of(request["work"]), request, told)
    out.flush()
    os._exit(0)  # whatever threads a library has left


def work_of(name: str) -> Work:
    """Return the work of a name."""
    if name == "undo":
        from server.jobs.undoing import undo

        return undo
    if name == "sheet":
        from server.jobs.sheet_writing import write

        return write
    from server.jobs.exporting import export

    return export


def _do(work: Work, request: dict[str, Any], told: Told) -> None:
    """Do a piece of work, and say how it ended."""
    try:
        told.line("result", **work(request, told))
    except ClipsearchError as error:
        told.line("failed", error=advised(str(error)))
    except Exception as error:
        logging.getLogger("clipsearch.server").exception("a child process failed", exc_info=error)
        told.line("failed", error=f"Something unexpected went wrong ({type(error).__name__}); the terminal has more.")
