"""Decodes for one process that must not crash, hang or grow: a few worker processes, started when there is work.

Files may do anything to a decoder. A worker that crashes, hangs or takes too much memory costs the picture it worked
on, which gets the reason; another takes its place. Idle ones end.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.models.device import cores
from indexer.thumbnails.jobs import Prepared, Small, SmallPicture, Upload
from indexer.thumbnails.lane import Asked, Job, Lane

if TYPE_CHECKING:
    from indexer.models.preprocess import Preprocess

MOST_WORKERS = 4
PATIENCE = 60.0  # seconds that a picture may take; 200 megapixels take some 3 s
MEMORY = 3 * 1024**3  # bytes that one may take, as while indexing
IDLE_SECONDS = 15.0  # after which a worker ends, but the last one, for which a person would wait half a second,
LAST_IDLE_SECONDS = 300.0


class Decoder:
    """Worker processes for small pictures and uploads. May be used from any thread; close it at the end."""

    def __init__(
        self,
        workers: int | None = None,
        *,
        patience: float = PATIENCE,
        memory: int = MEMORY,
        idle: float = IDLE_SECONDS,
        last_idle: float = LAST_IDLE_SECONDS,
    ) -> None:
        """Start nothing yet; by default there are as many workers as cores, at most 4."""
        self._most = workers or min(MOST_WORKERS, cores())
        self._settings = (patience, memory)
        self._idle_seconds, self._last_idle_seconds = idle, last_idle
        self._lock = threading.Lock()
        self._resting = threading.Lock()
        self._lanes: list[Lane] = []
        self._idle: list[Lane] = []  # the one that was used last comes first, so that others can end
        self._waiting: list[Asked] = []
        self._closed = False

    def __enter__(self) -> Decoder:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def thumbnail(self, path: Path, side: int, at: float | None = None) -> bytes:
        """Return a small picture of a file as WebP, of a video the moment at so many seconds; raises PictureError."""
        small: Small = self.submit(SmallPicture(path, side, at)).result()
        return small.webp

    def upload(self, content: bytes, preprocess: Preprocess) -> Prepared:
        """Return the pixels of a picture that someone sent, for an encoder; raises PictureError."""
        prepared: Prepared = self.submit(Upload(content, preprocess)).result()
        return prepared

    def submit(self, job: Job) -> Future[Any]:
        """Have a job done as soon as a worker is free, the newest first; the result may raise PictureError."""
        future: Future[Any] = Future()
        with self._lock:
            if self._closed:
                future.cancel()
            elif self._idle:
                self._idle.pop().give((job, future))
            elif len(self._lanes) < self._most:
                self._lanes.append(lane := Lane(*self._settings, self._on_idle, self._on_done))
                lane.give((job, future))
            else:
                self._waiting.append((job, future))
        return future

    @property
    def waiting(self) -> int:
        """How many jobs wait for a worker."""
        return len(self._waiting)

    @property
    def processes(self) -> int:
        """How many worker processes there are now."""
        return sum(lane.is_awake for lane in self._lanes)

    def close(self) -> None:
        """End all workers, whatever they are doing; what waits is cancelled."""
        with self._lock:
            self._closed = True
            lanes, self._lanes, self._idle = self._lanes, [], []
            waiting, self._waiting = self._waiting, []
        for _, future in waiting:
            future.cancel()
        for lane in lanes:
            lane.close()

    def _on_done(self, lane: Lane) -> None:
        """Give a lane what waits, the newest first: a person has scrolled on from the rest."""
        with self._lock:
            if self._waiting:
                lane.give(self._waiting.pop())
            elif not self._closed:
                self._idle.append(lane)

    def _on_idle(self, lane: Lane, idle: float) -> None:
        """Let a lane rest that was idle for so many seconds, one at a time: else the last two could end at once."""
        with self._resting:
            if idle >= (self._idle_seconds if self.processes > 1 else self._last_idle_seconds):
                lane.rest()
