"""A pool's work done by threads of this process, where no other processes can be started or none are wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from indexer.engine.frames import failure, frames
from indexer.engine.job import Decoded, Failed, Job
from indexer.models.preprocess import Preprocess
from indexer.thumbnails.kept import KeptThumbnails

FILES_PER_WORKER = 2  # at a time: one that it works on, one that waits


class Threads:
    """A pool's work done in this process, which doesn't survive a crash of a decoder."""

    def __init__(self, workers: int, preprocess: Preprocess, thumbnails: KeptThumbnails | None = None) -> None:
        """Use so many threads; Pillow lets them run side by side while it decodes."""
        self._workers = workers
        self._preprocess = preprocess
        self._thumbnails = thumbnails

    def __enter__(self) -> Threads:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing is left open."""

    def release(self) -> None:
        """Do nothing: no one else writes over the pixels."""

    def decode(self, jobs: Iterator[Job | None]) -> Iterator[Decoded | Failed]:
        """Yield the result for each file, in order; for a None the next one is waited for."""
        with ThreadPoolExecutor(self._workers, "decode") as threads:
            there = (job for job in jobs if job is not None)
            first = islice(there, FILES_PER_WORKER * self._workers)
            waiting = deque(threads.submit(self._decode, job) for job in first)
            try:
                while waiting:
                    answers = waiting.popleft().result()
                    waiting.extend(threads.submit(self._decode, job) for job in islice(there, 1))
                    yield from answers
            finally:
                for future in waiting:
                    future.cancel()

    def _decode(self, job: Job) -> list[Decoded | Failed]:
        try:
            answers = frames(job.root.path, job.file.path, self._preprocess, self._thumbnails)
            return [Decoded(job, frame, pixels, self) for frame, pixels in answers]
        except Exception as error:
            return [Failed(job, failure(job.file, error))]
