"""A program that started a command holds its standard input: when that ends, the command is asked to stop as by Ctrl-C.

So a run ends with the program that started it, however that ends, on every system.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

GRACE = 30.0  # seconds in which the pictures in hand may be finished
LOOK_SECONDS = 0.01  # between looks whether the run listens by now
_heeding = threading.Lock()  # held from the first call on


def heed_input() -> None:
    """Stop this process gently once its standard input ends, and at once if that takes long; the first call counts."""
    if _heeding.acquire(blocking=False):
        threading.Thread(target=_wait, name="input", daemon=True).start()


def _wait() -> None:
    with contextlib.suppress(OSError):  # a closed one has ended
        while os.read(0, 4096):
            pass
    _await_listener()
    _ask_to_stop()
    time.sleep(GRACE)
    _ask_to_stop()


def _await_listener() -> None:
    """Wait until the run listens: asked before that, it would be ended by the signal itself, without a word."""
    until = time.monotonic() + GRACE
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)


def _ask_to_stop() -> None:
    """Send the main thread what Ctrl-C sends it, also if it waits for the system."""
    if os.name == "posix":
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    else:
        signal.raise_signal(signal.SIGTERM)
