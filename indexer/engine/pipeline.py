"""From decoded pictures to embeddings: batches, the encoders, and what belongs together put together again.

Decoding goes on in other processes, encoding in a thread for each encoder, while the main thread stores what is
ready. All queues are bounded, so memory does not grow with the number of files.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from indexer.arrays import FloatArray
from indexer.decoding.frame import Failure, Frame
from indexer.engine.encoder_threads import EncoderThreads
from indexer.engine.in_process import Threads
from indexer.engine.job import Failed, Job, Taken
from indexer.engine.pool import Pool
from indexer.models.preprocess import Pixels
from indexer.store.embeddings import MomentVector
from indexer.store.pictures import EncodedFile

KnownVectors = Callable[[Frame], "Sequence[MomentVector]"]


@dataclass(slots=True)
class _File:
    """A file on its way: its moments (a still has one), some of them not yet encoded."""

    job: Job
    frame: Frame
    moments: list[MomentVector] = field(default_factory=list)
    unencoded: int = 0
    complete: bool = False  # all its frames have come
    failed: bool = False
    stored: bool = False  # or on the way to it
    copies: list[tuple[Job, Frame]] = field(default_factory=list)  # files with the very same bytes

    def encoded(self) -> Iterator[EncodedFile]:
        """Yield the file and its copies, ready to be stored."""
        self.stored = True
        moments = tuple(sorted(self.moments, key=lambda moment: moment.at_ms))
        for job, frame in [(self.job, self.frame), *self.copies]:
            yield EncodedFile(job.root, frame, moments)


@dataclass(slots=True)
class _Batch:
    """Pixels side by side, and whose they are."""

    pixels: Pixels
    owners: list[tuple[_File, int]] = field(default_factory=list)  # with at_ms

    def add(self, file: _File, taken: Taken) -> None:
        """Copy a frame's pixels in, which frees its slot: the one copy between decoder and encoder."""
        self.pixels[len(self.owners)] = taken.pixels
        self.owners.append((file, taken.frame.at_ms))
        file.unencoded += 1

    def is_full(self) -> bool:
        """Return whether there is no more room."""
        return len(self.owners) == len(self.pixels)


class Pipeline:
    """The way from files to embeddings, for one run."""

    def __init__(
        self,
        pool: Pool | Threads,
        encoders: EncoderThreads,
        batch_size: int,
        known: KnownVectors,
        failed: Callable[[Failed], None],
    ) -> None:
        """Take a pool, encoders, what returns the moments of bytes that are known, and what hears of failures."""
        self._pool = pool
        self._encoders = encoders
        self._size = batch_size
        self._known = known
        self._failed = failed
        self._open: dict[Job, _File] = {}  # files whose frames are still coming
        self._by_digest: dict[bytes, _File] = {}  # files on their way
        self._flying: deque[tuple[Future[FloatArray], _Batch]] = deque()
        self._done: list[EncodedFile] = []
        self._batch = self._new_batch()
        self.load = Load()

    def run(self, jobs: Iterator[Job]) -> Iterator[list[EncodedFile]]:
        """Yield lists of files ready to be stored, until all jobs are done; raises EncoderFailed."""
        with self._encoders.threads() as threads:
            answers = self._pool.decode(jobs)
            while (answer := self.load.waiting_for_pictures(answers)) is not None:
                self._take(answer)
                if self._batch.is_full():
                    self._launch(threads)
                    yield from self._landed(self._encoders.count)
            if self._batch.owners:
                self._launch(threads)
            while self._flying or self._done:
                yield from self._landed(0)

    def _take(self, answer: Taken | Failed) -> None:
        """Put a frame where it belongs."""
        if isinstance(answer, Failed):
            self._drop(answer)
            return
        self.load.count(answer.frame)
        file = self._open.get(answer.job) or self._begin(answer)
        if file.job is answer.job and not file.complete:
            self._batch.add(file, answer)
        answer.release()
        if answer.frame.last:
            self._open.pop(answer.job, None)
            file.complete = file.complete or file.job is answer.job
            if file.failed:
                self._lose(answer.job)

    def _begin(self, taken: Taken) -> _File:
        """Return the file that a first frame belongs to: a new one, or one with the very same bytes."""
        job, frame = taken.job, taken.frame
        file = self._by_digest.get(frame.digest)
        if file is not None:
            file.copies.append((job, frame))
        elif moments := self._known(frame):
            file = _File(job, frame, list(moments), complete=True)
            self._done += file.encoded()
        else:
            file = self._by_digest[frame.digest] = _File(job, frame)
        self._open[job] = file
        return file

    def _drop(self, failed: Failed) -> None:
        """Report a file that can't be decoded, perhaps after some of its frames; so its copies can't."""
        job = failed.job
        file = self._open.pop(job, None)
        if file is not None and file.stored:
            return  # it was done without its pixels, as the bytes are known
        self._failed(failed)
        if file is None:
            return
        if file.job is not job:
            file.copies = [one for one in file.copies if one[0] is not job]
            return
        file.failed = True
        del self._by_digest[file.frame.digest]
        for other, _ in file.copies:
            if other not in self._open:
                self._lose(other)

    def _lose(self, job: Job) -> None:
        """Report a file that was left to one with the same bytes, which then failed; the next run tries again."""
        reason = "a file with the very same bytes could not be read to its end"
        self._failed(Failed(job, Failure(job.file, reason, lasting=False)))

    def _new_batch(self) -> _Batch:
        return _Batch(np.empty((self._size, *self._encoders.shape), np.uint8))

    def _launch(self, threads: ThreadPoolExecutor) -> None:
        """Give the batch in hand to an encoder."""
        batch, self._batch = self._batch, self._new_batch()
        pixels = batch.pixels[: len(batch.owners)]
        self._flying.append((threads.submit(self._encoders.encode, pixels), batch))

    def _landed(self, flying: int) -> Iterator[list[EncodedFile]]:
        """Wait until no more than so many batches are in flight; yield the files that are complete with each."""
        while len(self._flying) > flying:
            future, batch = self._flying.popleft()
            vectors = self.load.waiting_for_encoder(future)
            for (file, at_ms), vector in zip(batch.owners, vectors, strict=True):
                file.moments.append(MomentVector(at_ms, vector))
                file.unencoded -= 1
            for file in {id(file): file for file, _ in batch.owners}.values():
                if file.complete and not file.unencoded and not file.failed:
                    del self._by_digest[file.frame.digest]
                    self._done += file.encoded()
            yield from self._harvest()
        yield from self._harvest()

    def _harvest(self) -> Iterator[list[EncodedFile]]:
        """Yield what is complete, if anything."""
        if self._done:
            done, self._done = self._done, []
            yield done


class Load:
    """Where the time goes: what the run waits for now."""

    def __init__(self) -> None:
        self._pictures = self._encoder = self._read = self._decode = 0.0

    def waiting_for_pictures(self, answers: Iterator[Taken | Failed]) -> Taken | Failed | None:
        """Return the pool's next answer, None after the last, and count the wait."""
        started = time.perf_counter()
        answer = next(answers, None)
        self._pictures += time.perf_counter() - started
        return answer

    def waiting_for_encoder(self, future: Future[FloatArray]) -> FloatArray:
        """Return a batch's embeddings, and count the wait."""
        started = time.perf_counter()
        vectors = future.result()
        self._encoder += time.perf_counter() - started
        return vectors

    def count(self, frame: Frame) -> None:
        """Count what a worker spent on a frame."""
        self._read += frame.read_seconds
        self._decode += frame.decode_seconds

    def bottleneck(self) -> str:
        """Return "disk", "decode" or "encode": what more of would make the run faster; older waits fade."""
        of_pictures = "disk" if self._read > self._decode else "decode"
        name = "encode" if self._encoder > self._pictures else of_pictures
        self._pictures, self._encoder = self._pictures / 2, self._encoder / 2
        self._read, self._decode = self._read / 2, self._decode / 2
        return name
