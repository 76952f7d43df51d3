"""The main process's side of the workers: gives out files, takes pixels back, and survives whatever a file does.

A file whose decoder crashes, hangs or takes too much memory costs its worker, which is replaced; the file becomes a
failure with the reason, and the files that waited behind it go to another worker.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import wait
from typing import Any

from indexer.decoding.frame import Failure
from indexer.engine.in_process import FILES_PER_WORKER, Threads
from indexer.engine.job import Decoded, Failed, Job
from indexer.engine.worker_process import WorkerProcess
from indexer.errors import ClipsearchError
from indexer.models.device import cores
from indexer.models.preprocess import Preprocess
from indexer.thumbnails.kept import KeptThumbnails

PATIENCE = 120.0  # seconds that a worker may take for one picture (200 megapixels take some 3 s of a core), and
SLOWEST_DISK = 1_000_000  # bytes per second, what a slow disk may need on top
MEMORY = 3 * 1024**3  # bytes that one file may take; 200 megapixels with transparency fit in
MOST_ANSWERS = 4096  # that may wait for the encoder
MOST_EARLY_DEATHS = 5  # workers in a row that may die before they start on a file


class Pool:
    """Worker processes. Use it as a context manager, from one thread; it serves them from a thread of its own."""

    def __init__(
        self,
        workers: int,
        slots: int,
        preprocess: Preprocess,
        patience: float = PATIENCE,
        memory: int = MEMORY,
        thumbnails: KeptThumbnails | None = None,
    ) -> None:
        """Start the workers, each with so many slots; they keep small pictures if they are told where.

        Raises OSError or ImportError where there can be no processes.
        """
        self._slots = max(2, slots)
        self._preprocess = preprocess
        self._patience = patience
        self._memory = memory
        self._thumbnails = thumbnails
        self._answers: queue.SimpleQueue[Decoded | Failed | BaseException | None] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._early_deaths = 0  # in a row
        self._thread: threading.Thread | None = None
        self._workers: list[WorkerProcess] = []
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
        """Stop the workers, whatever they are doing."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()  # it may be about to replace a worker
        for worker in self._workers:
            worker.process.kill()  # all at once, before each is waited for
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def decode(self, jobs: Iterator[Job | None]) -> Iterator[Decoded | Failed]:
        """Yield the result for each file, in no special order; every Decoded must be released.

        A None among the files says that the next one is not there yet. Once all is yielded it can be called again.

        Raises ClipsearchError if workers can't run here.
        """
        self._ended.clear()
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

    def _start(self) -> WorkerProcess:
        return WorkerProcess(self._slots, self._preprocess, self._memory, self._thumbnails)

    def _serve(self, jobs: Iterator[Job | None]) -> None:
        """Give out files and collect answers until all are done; an exception is raised in `decode`."""
        end: BaseException | None = None
        try:
            waiting: deque[Job] = deque()  # taken back from workers that died
            more = True
            while not self._ended.is_set():
                more = self._give_out(jobs, waiting, more)
                if not any(worker.jobs for worker in self._workers) and not more and not waiting:
                    break
                self._collect(waiting)
        except BaseException as error:
            end = error
        self._answers.put(end)

    def _give_out(self, jobs: Iterator[Job | None], waiting: deque[Job], more: bool) -> bool:
        """Give each worker as many files as it may have, and return whether there are more files."""
        for _ in range(FILES_PER_WORKER):
            for worker in self._workers:
                if len(worker.jobs) >= FILES_PER_WORKER or self._answers.qsize() > MOST_ANSWERS:
                    continue
                job = waiting.popleft() if waiting else next(jobs, False) if more else False
                if not isinstance(job, Job):
                    return job is None
                worker.give(job)
        return more

    def _collect(self, waiting: deque[Job]) -> None:
        """Take the answers that are there, and replace workers that died or take too long."""
        ready = wait([worker.pipe for worker in self._workers], timeout=0.2)
        for number, worker in enumerate(self._workers):
            try:
                while worker.pipe in ready and worker.pipe.poll():
                    self._take(worker, worker.pipe.recv())
            except (EOFError, OSError):
                self._replace(number, waiting, worker.cause_of_death())
                continue
            if self._is_late(worker):
                self._replace(number, waiting, f"took longer than {self._patience:.0f} s to decode")

    def _take(self, worker: WorkerProcess, answer: Any) -> None:
        """Pass on one message of a worker."""
        if answer is None:
            worker.since = time.monotonic()
            return
        worker.since = None
        self._early_deaths = 0
        if isinstance(answer, Failure):
            self._answers.put(Failed(worker.jobs.popleft(), answer))
            return
        frame, slot = answer
        job = worker.jobs.popleft() if frame.last else worker.jobs[0]
        self._answers.put(Decoded(job, frame, worker.pixels[slot], worker.free))

    def _is_late(self, worker: WorkerProcess) -> bool:
        """Return whether a worker has hung on a file."""
        if worker.since is None or not worker.jobs:
            return False
        allowed = self._patience + worker.jobs[0].file.size / SLOWEST_DISK
        return time.monotonic() - worker.since > allowed

    def _replace(self, number: int, waiting: deque[Job], reason: str) -> None:
        """Replace a worker that died or hung; the file it worked on becomes a failure."""
        worker = self._workers[number]
        worker.end()
        if worker.jobs and worker.since is not None:
            job = worker.jobs.popleft()
            self._answers.put(Failed(job, Failure(job.file, reason, lasting=True)))
        else:
            self._early_deaths += 1
            if self._early_deaths > MOST_EARLY_DEATHS:
                raise ClipsearchError(f"Pictures can't be decoded on this machine: {reason} before it began.")
        waiting.extend(worker.jobs)
        self._workers[number] = self._start()


def open_pool(
    workers: int, slots: int, preprocess: Preprocess, thumbnails: KeptThumbnails | None = None
) -> Pool | Threads:
    """Return worker processes, or threads where there can be no processes or none are wanted (0 workers)."""
    if workers:
        with contextlib.suppress(OSError, ImportError, AssertionError):  # no shared memory, or a daemon's child
            return Pool(workers, slots, preprocess, thumbnails=thumbnails)
    return Threads(min(cores(), 8), preprocess, thumbnails)
