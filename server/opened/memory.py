"""Memory that a server gives back: large arrays come and go in its threads, and glibc would keep room for them."""

from __future__ import annotations

import contextlib
import ctypes
import sys

LARGE = 1 << 20  # bytes: from this on a block is the system's, and goes back to it when it is freed
ARENAS = 2  # heaps that threads share

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # malloc.h


def give_memory_back() -> bool:
    """Have large blocks go back to the system, where its allocator can be told so; return whether it was."""
    if not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(OSError, AttributeError):  # another C library has no such function
        tell = ctypes.CDLL(None).mallopt
        return bool(tell(_MMAP_THRESHOLD, LARGE) and tell(_ARENA_MAX, ARENAS))
    return False


def trim() -> None:
    """Give what the allocator holds and nobody uses back to the system, after work that needed much."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
