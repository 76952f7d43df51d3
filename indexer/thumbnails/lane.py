"""One worker process and the thread that serves it: jobs one after another, whatever a job does to the worker."""

from __future__ import annotations

import multiprocessing
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from typing import Any, Protocol

from indexer.errors import PictureError, UnreachablePicture
from indexer.processes.starting import ENDS_WITHIN, cause_of_death, start
from indexer.thumbnails.worker import Answer, work


class Job(Protocol):
    """What can be sent to a worker."""

    def do(self) -> Any:
        """Return the answer, in the worker; raises PictureError."""


Asked = tuple[Job, "Future[Any]"]
CLOSED = Answer(None, "its decoder was closed", reachable=False)


class Lane:
    """A thread with a worker process that is started when it is needed, and ended when it is idle or has hung."""

    def __init__(
        self,
        patience: float,
        memory: int,
        idle: Callable[[Lane, float], None],
        done: Callable[[Lane], None],
    ) -> None:
        """Take how many seconds and bytes a job may take.

        `idle` is called now and then with the seconds without a job, and may let it rest; `done` after each job.
        """
        self._patience = patience
        self._memory = memory
        self._idle = idle
        self._done = done
        self._inbox: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
        self._worker: _Worker | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="decoder lane", daemon=True)
        self._thread.start()

    @property
    def is_awake(self) -> bool:
        """Whether there is a process."""
        return self._worker is not None

    def give(self, asked: Asked) -> None:
        """Do a job next."""
        self._inbox.put(asked)

    def rest(self) -> None:
        """End the process; to be called in the lane's own thread."""
        self._end()

    def close(self) -> None:
        """End, whatever it is doing."""
        self._closed = True
        self._inbox.put(None)
        worker = self._worker
        if worker is not None:
            worker.process.kill()  # ends the wait for its answer
        self._thread.join()

    def _serve(self) -> None:
        since = time.monotonic()
        while not self._closed:
            try:
                asked = self._inbox.get(timeout=1.0 if self._worker else None)
            except queue.Empty:
                self._idle(self, time.monotonic() - since)
                continue
            if asked is None:
                break
            self._do(*asked)
            since = time.monotonic()
            self._done(self)
        self._end()

    def _do(self, job: Job, future: Future[Any]) -> None:
        """Have a job done, and give its future the answer."""
        if not future.set_running_or_notify_cancel():
            return
        try:
            answer = self._ask(job)
        except Exception as error:  # no process can be started, or the job can't travel
            self._end()
            future.set_exception(UnreachablePicture(f"pictures can't be decoded on this machine now ({error})"))
            return
        if answer.reason is None:
            future.set_result(answer.result)
        else:
            kind = PictureError if answer.reachable else UnreachablePicture
            future.set_exception(kind(answer.reason))

    def _ask(self, job: Job) -> Answer:
        """Return a worker's answer. One that died may have died while it was idle: then a new one is asked, too."""
        used = self._worker
        if used is not None and (answer := self._asked(used, job)) is not None:
            return answer
        worker = self._worker = _Worker(self._memory)
        return self._asked(worker, job) or Answer(None, cause_of_death(worker.process))

    def _asked(self, worker: _Worker, job: Job) -> Answer | None:
        """Return the answer of a worker, None if it has died; one that hangs or has grown is ended."""
        try:
            worker.pipe.send(job)
            if not self._waited(worker.pipe):
                self._end()
                return CLOSED if self._closed else Answer(None, f"took longer than {self._patience:.0f} s to decode")
            answer: Answer = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(timeout=ENDS_WITHIN)  # it is dying
            self._end()
            return CLOSED if self._closed else None
        if answer.last:
            self._end()
        return answer

    def _waited(self, pipe: Connection) -> bool:
        """Wait for an answer; return whether there is one before the patience ends."""
        until = time.monotonic() + self._patience
        while not pipe.poll(min(1.0, self._patience)):
            if self._closed or time.monotonic() > until:
                return False
        return True

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()


class _Worker:
    """A process with a pipe to it."""

    def __init__(self, memory: int) -> None:
        """Start it; raises OSError or ImportError where that can't be done."""
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs, memory), name="clipsearch thumbnails", daemon=True)
        start(self.process)
        theirs.close()

    def end(self) -> None:
        """Kill it: it holds nothing that could be lost."""
        self.process.kill()
        self.process.join(timeout=5)  # not longer: one that waits for a dead network drive can't be killed
        self.pipe.close()
