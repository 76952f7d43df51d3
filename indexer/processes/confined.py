"""What a process that decodes foreign files does to itself first: whatever they do to it then stays small and quiet."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

NICENESS = 5  # the main process has priority: while it has work, decoding gets what it leaves


def confine(memory: int, niceness: int = NICENESS) -> None:
    """Leave Ctrl-C to the main process, step back behind it, keep stderr clean, and take at most so many bytes."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(AttributeError, OSError):  # not on every system
        os.nice(niceness)
    if not os.environ.get("CLIPSEARCH_DEBUG"):
        _silence_decoders()
    with contextlib.suppress(ImportError, OSError, ValueError):
        _limit_memory(memory)


def _silence_decoders() -> None:
    """Drop what C libraries write to stderr about broken files: a Failure says why, and stderr may be read as JSON."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _limit_memory(memory: int) -> None:
    """Limit the process to so many bytes of address space beyond what it has now; needs Linux's /proc."""
    import resource

    now = Path("/proc/self/statm")
    used = int(now.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, resource.RLIM_INFINITY))
