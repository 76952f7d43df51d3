"""Pictures between those who read them and those who decode them: so many and no more wait."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.engine.job import Job

MOST_FILES = 256
MOST_BYTES = 256 * 1024**2
LONGEST_WAIT = 0.05  # seconds that a pool waits for the next picture before it looks after its workers


class Waiting:
    """A bounded queue of jobs, put in by many threads and taken out by one."""

    def __init__(self, files: int | None = None, size: int | None = None) -> None:
        """Take how many files and bytes may wait; a single file may be larger."""
        self._files = files or MOST_FILES
        self._bytes = size or MOST_BYTES
        self._jobs: deque[tuple[Job, int]] = deque()
        self._taken_up = 0  # bytes
        self._changed = threading.Condition()
        self._ended = False
        self._closed = False

    def put(self, job: Job, size: int) -> bool:
        """Add a job once there is room; False if it is not wanted any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._has_room(size))
            if self._closed:
                return False
            self._jobs.append((job, size))
            self._taken_up += size
            self._changed.notify_all()
            return True

    def end(self) -> None:
        """Say that no more will be put in."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def close(self) -> None:
        """Drop what waits: nobody will take it."""
        with self._changed:
            self._closed = True
            self._jobs.clear()
            self._changed.notify_all()

    def expect(self, seconds: float) -> int | None:
        """Wait until all that will come is here, or no more can; return how many wait then, None if more may come."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._closed or not self._has_room(1), timeout=seconds)
            return len(self._jobs) if self._ended else None

    def wait_for_first(self) -> bool:
        """Wait for a job; False if none will come."""
        with self._changed:
            while not (self._jobs or self._ended or self._closed):
                self._changed.wait(timeout=1.0)  # else Windows would not hear Ctrl-C
            return bool(self._jobs)

    def jobs(self) -> Iterator[Job | None]:
        """Yield the jobs until the end; None whenever there is none yet."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._ended or self._closed, timeout=LONGEST_WAIT)
                if not self._jobs and (self._ended or self._closed):
                    return
                job = self._take() if self._jobs else None
            yield job

    def _take(self) -> Job:
        job, size = self._jobs.popleft()
        self._taken_up -= size
        self._changed.notify_all()
        return job

    def _has_room(self, size: int) -> bool:
        return not self._jobs or (len(self._jobs) < self._files and self._taken_up + size <= self._bytes)
