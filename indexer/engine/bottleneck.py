"""What a run waits for most: the disk, decoding or encoding."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import TypeVar

from indexer.decoding.frame import Frame

Answer = TypeVar("Answer")


class Load:
    """Adds up where the time goes."""

    def __init__(self) -> None:
        self._pictures = self._encoder = self._read = self._decode = 0.0
        self.began: float | None = None  # when the first picture was begun, by time.monotonic()

    def waiting_for_pictures(self, answers: Iterator[Answer]) -> Answer | None:
        """Return the pool's next answer, None after the last, and count the wait."""
        started = time.perf_counter()
        answer = next(answers, None)
        self._pictures += time.perf_counter() - started
        return answer

    def waiting_for_encoder(self, future: Future[Answer]) -> Answer:
        """Return a batch's embeddings, and count the wait."""
        started = time.perf_counter()
        encoded = future.result()
        self._encoder += time.perf_counter() - started
        return encoded

    def count(self, frame: Frame) -> None:
        """Count what a worker spent on a frame."""
        if self.began is None:
            self.began = time.monotonic() - frame.read_seconds - frame.decode_seconds
        self._read += frame.read_seconds
        self._decode += frame.decode_seconds

    def bottleneck(self) -> str:
        """Return "disk", "decode" or "encode", whichever slows the run down most; older waits count for less."""
        of_pictures = "disk" if self._read > self._decode else "decode"
        name = "encode" if self._encoder > self._pictures else of_pictures
        self._pictures, self._encoder = self._pictures / 2, self._encoder / 2
        self._read, self._decode = self._read / 2, self._decode / 2
        return name
