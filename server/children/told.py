"""What a child process tells the server in lines of JSON, and whether the server wants it to stop."""

from __future__ import annotations

import _thread
import json
import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from indexer.paths import readable

GRACE = 10.0  # seconds in which the work in hand may be finished once it was asked to stop
REPORT_SECONDS = 0.2  # between lines on how far it is
STOPPED = 130  # exit code


class Told:
    """What the server is told, and whether it wants the work to stop."""

    def __init__(self, out: BinaryIO) -> None:
        """Take the stream to write to."""
        self._out = out
        self._last = 0.0
        self._lock = threading.Lock()
        self._stop = False
        self._interrupts = False

    def line(self, event: str, **fields: Any) -> None:
        """Write a line; stop soon if nobody reads it any more."""
        with self._lock:
            try:
                self._out.write(json.dumps({"event": event, **fields}).encode("ascii") + b"\n")
                self._out.flush()
            except BrokenPipeError:  # the server was killed
                self._stop = True

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far it is, some times a second."""
        now = time.monotonic()
        if now - self._last >= REPORT_SECONDS or done == total:
            self._last = now
            self.line("progress", done=done, **({} if total is None else {"total": total}))

    def stopping(self) -> bool:
        """Return whether to stop."""
        return self._stop

    def interrupt_at_eof(self) -> None:
        """Let the work be broken off by a KeyboardInterrupt when the server wants it to stop."""
        self._interrupts = True

    def stop_at_eof(self, requests: BinaryIO) -> None:
        """Stop once the server's end of the pipe is closed, and at once if that takes long; for a thread."""
        while requests.read(4096):
            pass
        self._stop = True
        if self._interrupts:
            _thread.interrupt_main()
        time.sleep(GRACE)
        os._exit(STOPPED)


def path_records(reasons: Iterable[tuple[Path, str]]) -> list[dict[str, str]]:
    """Return paths with what is to be said of them, as JSON has them."""
    return [{"path": readable(path), "reason": reason} for path, reason in reasons]
