"""The main process's side of the workers: hands out files, takes pixels back, and outlives whatever a file does.

A file whose decoder crashes, hangs or eats up the memory costs its worker, which is replaced; the file is a
failure with the reason, and the files that waited behind it go to another worker.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import queue
import sys
import threading
import time
import types
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

import numpy as np

from indexer.decoding.frame import Failure
from indexer.engine.in_process import AHEAD, Threads
from indexer.engine.job import Failed, Job, Taken
from indexer.engine.worker import work
from indexer.errors import ClipsearchError
from indexer.models.device import cores
from indexer.models.preprocess import Pixels, Preprocess

PATIENCE = 60.0  # seconds that a worker may take for one picture, and
SLOWEST_DISK = 1_000_000  # bytes per second, what a slow disk may need on top
MEMORY = 3 * 1024**3  # bytes that one file may take; the largest picture within Pillow's guard fits in
UNTAKEN = 4096  # answers that may wait for the encoder
STILLBORN = 5  # workers in a row that may die before they start on a file


@dataclass(slots=True)
class _Worker:
    """One process with its ring of slots."""

    process: Any
    pipe: Connection
    pixels: Pixels
    free: Any
    hands: deque[Job] = field(default_factory=deque)  # oldest first
    since: float | None = None  # when it started on the picture it works on


class Pool:
    """Worker processes. Use it as a context manager, from one thread; it serves them from a thread of its own."""

    def __init__(
        self, workers: int, slots: int, preprocess: Preprocess, patience: float = PATIENCE, memory: int = MEMORY
    ) -> None:
        """Start the workers, each with so many slots; raises OSError or ImportError where that can't be done."""
        self._context = multiprocessing.get_context("spawn")
        self._slots = max(2, slots)
        self._preprocess = preprocess
        self._patience = patience
        self._memory = memory
        self._answers: queue.SimpleQueue[Taken | Failed | BaseException | None] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._stillborn = 0
        self._thread: threading.Thread | None = None
        self._workers: list[_Worker] = []
        try:
            self._workers.extend(self._start() for _ in range(workers))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the workers, whatever they are doing; they write nothing but shared memory."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()  # it may be about to replace a worker
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()
        self._workers.clear()

    def decode(self, jobs: Iterator[Job]) -> Iterator[Taken | Failed]:
        """Yield what becomes of each file, in no special order; every Taken must be released.

        Raises ClipsearchError if workers can't live here.
        """
        self._thread = threading.Thread(target=self._serve, args=(jobs,), name="pool", daemon=True)
        self._thread.start()
        try:
            while (answer := self._answers.get()) is not None:
                if isinstance(answer, BaseException):
                    raise answer
                yield answer
        finally:
            self._ended.set()
            self._thread.join()

    def _start(self) -> _Worker:
        """Start one process."""
        shape = (self._slots, *self._preprocess.shape)
        ring = self._context.RawArray(ctypes.c_uint8, int(np.prod(shape)))
        free = self._context.Semaphore(self._slots)
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=work, args=(theirs, ring, free, self._slots, self._memory), name="clipsearch decoder", daemon=True
        )
        with _without_main():
            process.start()
        theirs.close()
        ours.send(self._preprocess)
        return _Worker(process, ours, np.frombuffer(memoryview(ring), dtype=np.uint8).reshape(shape), free)

    def _serve(self, jobs: Iterator[Job]) -> None:
        """Hand out files and collect answers until all are done; what goes wrong is raised in `decode`."""
        end: BaseException | None = None
        try:
            waiting: deque[Job] = deque()  # taken back from workers that died
            more = True
            while not self._ended.is_set():
                more = self._hand_out(jobs, waiting, more)
                if not any(worker.hands for worker in self._workers) and not more and not waiting:
                    break
                self._collect(waiting)
        except BaseException as error:
            end = error
        self._answers.put(end)

    def _hand_out(self, jobs: Iterator[Job], waiting: deque[Job], more: bool) -> bool:
        """Fill the workers' hands, and return whether there are more files."""
        for _ in range(AHEAD):
            for worker in self._workers:
                if len(worker.hands) >= AHEAD or self._answers.qsize() > UNTAKEN:
                    continue
                job = waiting.popleft() if waiting else next(jobs, None) if more else None
                if job is None:
                    return False
                worker.hands.append(job)
                with contextlib.suppress(OSError):  # it has died; that is seen when answers are collected
                    worker.pipe.send((job.root.path, job.file))
        return more

    def _collect(self, waiting: deque[Job]) -> None:
        """Take the answers that are there, and replace workers that died or take too long."""
        ready = wait([worker.pipe for worker in self._workers], timeout=0.2)
        for number, worker in enumerate(self._workers):
            try:
                while worker.pipe in ready and worker.pipe.poll():
                    self._take(worker, worker.pipe.recv())
            except (EOFError, OSError):
                self._replace(number, waiting, _cause_of_death(worker.process))
                continue
            if self._is_late(worker):
                self._replace(number, waiting, f"took longer than {self._patience:.0f} s to decode")

    def _take(self, worker: _Worker, answer: Any) -> None:
        """Pass one message of a worker on."""
        if answer is None:
            worker.since = time.monotonic()
            return
        worker.since = None
        self._stillborn = 0
        if isinstance(answer, Failure):
            self._answers.put(Failed(worker.hands.popleft(), answer))
            return
        frame, slot = answer
        job = worker.hands.popleft() if frame.last else worker.hands[0]
        self._answers.put(Taken(job, frame, worker.pixels[slot], worker.free))

    def _is_late(self, worker: _Worker) -> bool:
        """Return whether a worker has hung on a file."""
        if worker.since is None or not worker.hands:
            return False
        allowed = self._patience + worker.hands[0].file.size / SLOWEST_DISK
        return time.monotonic() - worker.since > allowed

    def _replace(self, number: int, waiting: deque[Job], reason: str) -> None:
        """Put a new worker in the place of a dead or hung one; the file it was on is a failure."""
        worker = self._workers[number]
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        if worker.hands and worker.since is not None:
            job = worker.hands.popleft()
            self._answers.put(Failed(job, Failure(job.file, reason, lasting=True)))
        else:
            self._stillborn += 1
            if self._stillborn > STILLBORN:
                raise ClipsearchError(f"Pictures can't be decoded on this machine: {reason} before it began.")
        waiting.extend(worker.hands)
        self._workers[number] = self._start()


def open_pool(workers: int, slots: int, preprocess: Preprocess) -> Pool | Threads:
    """Return worker processes, or threads where there can be no processes or none are wanted (0 workers)."""
    if workers:
        with contextlib.suppress(OSError, ImportError, AssertionError):  # no shared memory, or a daemon's child
            return Pool(workers, slots, preprocess)
    return Threads(min(cores(), 8), preprocess)


def _cause_of_death(process: Any) -> str:
    """Say why a worker ended."""
    process.join(timeout=5)
    code = process.exitcode
    if code == -9:
        return "its decoder was killed, perhaps for want of memory"
    return f"its decoder crashed (signal {-code})" if code and code < 0 else "its decoder crashed"


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Keep a starting process from importing the caller's script again: workers need nothing of it.

    Without this, a script that uses the Python API would need an `if __name__ == "__main__"` guard.
    """
    real = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = real
