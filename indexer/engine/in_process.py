"""A pool's work done in this process, for machines where no other can be started."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from indexer.engine.frames import failure, frames
from indexer.engine.job import Failed, Job, Taken
from indexer.models.preprocess import Preprocess

AHEAD = 2  # files in a worker's hands: one that it works on, one that waits


class Threads:
    """A pool's work done in this process, where no others can be started: a crash is not survived."""

    def __init__(self, workers: int, preprocess: Preprocess) -> None:
        """Use so many threads; Pillow lets them run side by side while it decodes."""
        self._workers = workers
        self._preprocess = preprocess

    def __enter__(self) -> Threads:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing is left open."""

    def release(self) -> None:
        """The pixels are nobody else's."""

    def decode(self, jobs: Iterator[Job]) -> Iterator[Taken | Failed]:
        """Yield what becomes of each file, in order."""
        with ThreadPoolExecutor(self._workers, "decode") as threads:
            waiting = deque(threads.submit(self._one, job) for job in islice(jobs, AHEAD * self._workers))
            try:
                while waiting:
                    answers = waiting.popleft().result()
                    waiting.extend(threads.submit(self._one, job) for job in islice(jobs, 1))
                    yield from answers
            finally:
                for future in waiting:
                    future.cancel()

    def _one(self, job: Job) -> list[Taken | Failed]:
        try:
            answers = frames(job.root.path, job.file.path, self._preprocess)
            return [Taken(job, frame, pixels, self) for frame, pixels in answers]
        except Exception as error:
            return [Failed(job, failure(job.file, error))]
