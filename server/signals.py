"""What tells a server to end: Ctrl-C, the end of its terminal, and whoever asks for it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextlib.contextmanager
def heard(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have a handler hear them during a with-block, which is in the main thread.

    What is ignored stays so: a job in the background, or under nohup, goes on.
    """
    listened = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in listened}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
