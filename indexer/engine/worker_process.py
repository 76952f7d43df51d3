"""A worker process as the main process sees it: started, given files, and ended."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
from collections import deque

import numpy as np

from indexer.engine.job import Job
from indexer.engine.worker import work
from indexer.models.preprocess import Preprocess
from indexer.processes.starting import cause_of_death, start
from indexer.thumbnails.kept import KeptThumbnails


class WorkerProcess:
    """One process with its ring of slots in shared memory."""

    def __init__(
        self, slots: int, preprocess: Preprocess, memory: int, thumbnails: KeptThumbnails | None = None
    ) -> None:
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
        start(self.process)
        theirs.close()
        self.pipe.send((preprocess, thumbnails))

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
        return cause_of_death(self.process)
