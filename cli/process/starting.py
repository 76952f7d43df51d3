"""Ctrl-C while a command's modules are still being imported: there is nothing to stop yet, so the process just ends.

Imported before all others, for what it does; once they are imported `started` is called, and interrupts.py takes over.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType
from typing import NoReturn

STOPPED_SENTENCE = "Stopped."
STOPPED = 130  # the shell's exit code for a command ended by Ctrl-C


def _end(number: int, frame: FrameType | None) -> NoReturn:
    try:
        os.write(2, f"{STOPPED_SENTENCE}\n".encode())
    finally:
        os._exit(STOPPED)


def starting() -> None:
    """Let Ctrl-C end the process at once; not where someone else listens to it already, or ignores it."""
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def started() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


starting()
