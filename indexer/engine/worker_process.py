"""A worker process as the main process sees it: started, given files, and ended."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import signal
import sys
import types
from collections import deque
from collections.abc import Iterator

import numpy as np

from indexer.engine.job import Job
from indexer.engine.worker import work
from indexer.models.preprocess import Preprocess


class WorkerProcess:
    """One process with its ring of slots in shared memory."""

    def __init__(self, slots: int, preprocess: Preprocess, memory: int) -> None:
        """Start it; raises OSError or ImportError where that can't be done."""
        context = multiprocessing.get_context("spawn")
        shape = (slots, *preprocess.shape)
        ring = context.RawArray(ctypes.c_uint8, int(np.prod(shape)))
        self.pixels = np.frombuffer(memoryview(ring), dtype=np.uint8).reshape(shape)
        self.free = context.Semaphore(slots)
        self.pipe, theirs = context.Pipe()
        self.jobs: deque[Job] = deque()  # that it was given, oldest first
        self.since: float | None = None  # when it started on the picture it works on
        self.process = context.Process(
            target=work, args=(theirs, ring, self.free, slots, memory), name="clipsearch decoder", daemon=True
        )
        with _without_main(), _deaf_to_ctrl_c():
            self.process.start()
        theirs.close()
        self.pipe.send(preprocess)

    def give(self, job: Job) -> None:
        """Give it a file, to be decoded after those that it has."""
        self.jobs.append(job)
        with contextlib.suppress(OSError):  # it has died; that is seen when answers are collected
            self.pipe.send((job.root.path, job.file))

    def end(self) -> None:
        """Kill it, whatever it is doing: it writes nothing but shared memory."""
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def cause_of_death(self) -> str:
        """Return why it has ended."""
        self.process.join(timeout=5)
        code = self.process.exitcode
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
