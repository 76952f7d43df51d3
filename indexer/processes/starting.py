"""Starts a process beside this one, and says how it ended."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import types
from collections.abc import Iterator
from multiprocessing.process import BaseProcess

ENDS_WITHIN = 60.0  # seconds: one that closed its pipe is ending, however busy the machine is
_ONE_AT_A_TIME = threading.Lock()  # what is put in place of the script is everyone's


def start(process: BaseProcess) -> None:
    """Start a process that is to be spawned; raises OSError where that can't be done."""
    with _ONE_AT_A_TIME, _without_main(), _deaf_to_ctrl_c():
        process.start()


def cause_of_death(process: BaseProcess) -> str:
    """Return why a process has ended."""
    process.join(timeout=ENDS_WITHIN)
    code = process.exitcode
    if code == -9:
        return "its decoder was killed, perhaps because memory ran out"
    return f"its decoder crashed (signal {-code})" if code and code < 0 else "its decoder crashed"


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Keep a starting process from importing the caller's script again: workers need nothing from it.

    Without this, a script that uses the Python API would need an `if __name__ == "__main__"` guard.
    """
    real = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = real


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Let a starting process inherit that it does not get Ctrl-C, which a terminal sends to all: it would say so.

    Python's own process beside the workers has to be there before, since its start changes what is inherited.
    """
    if sys.platform == "win32":
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
