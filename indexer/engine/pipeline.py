"""From decoded pictures to embeddings: fill batches, encode them, and put a file's embeddings together again.

Other processes decode and a thread for each encoder encodes, while the main thread stores what is ready. All queues are
bounded, so memory does not grow with the number of files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from indexer.decoding.frame import Failure, Frame
from indexer.engine.bottleneck import Load
from indexer.engine.encoder_threads import Encoded, EncoderThreads
from indexer.engine.in_process import Threads
from indexer.engine.job import Decoded, Failed, Job
from indexer.engine.pool import Pool
from indexer.models.preprocess import Pixels
from indexer.store.embeddings import MomentVector
from indexer.store.pictures import EncodedFile

KnownVectors = Callable[[Frame], "Sequence[MomentVector]"]


@dataclass(slots=True)
class _File:
    """A file in the pipeline: its moments (a still has one), some of them not yet encoded."""

    job: Job
    frame: Frame
    moments: list[MomentVector] = field(default_factory=list)
    unencoded: int = 0
    complete: bool = False  # all its frames are here
    failed: bool = False
    passed_on: bool = False  # to be stored
    copies: list[tuple[Job, Frame]] = field(default_factory=list)  # files with the same bytes

    def encoded(self) -> Iterator[EncodedFile]:
        """Yield the file and its copies, ready to be stored."""
        self.passed_on = True
        moments = tuple(sorted(self.moments, key=lambda moment: moment.at_ms))
        for job, frame in [(self.job, self.frame), *self.copies]:
            yield EncodedFile(job.root, frame, moments)


@dataclass(slots=True)
class _Batch:
    """Pixels side by side, and the files that they belong to."""

    pixels: Pixels
    owners: list[tuple[_File, int]] = field(default_factory=list)  # with at_ms

    def add(self, file: _File, decoded: Decoded) -> None:
        """Copy a frame's pixels in, so that its slot can be released: the one copy between decoder and encoder."""
        self.pixels[len(self.owners)] = decoded.pixels
        self.owners.append((file, decoded.frame.at_ms))
        file.unencoded += 1

    def is_full(self) -> bool:
        """Return whether there is no room left."""
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
        read: Callable[[Job], None] = lambda _: None,
    ) -> None:
        """Take a pool, encoders, what returns the moments of known bytes, and what is called for each failure.

        `read` is called for each file that no decoder needs any more.
        """
        self._pool = pool
        self._encoders = encoders
        self._size = batch_size
        self._known = known
        self._failed = failed
        self._read = read
        self._open: dict[Job, _File] = {}  # files whose frames are still arriving
        self._by_digest: dict[bytes, _File] = {}  # files in the pipeline
        self._encoding: deque[tuple[Future[Encoded], _Batch]] = deque()
        self._done: list[EncodedFile] = []
        self._batch = self._new_batch()
        self.load = Load()

    def run(self, jobs: Iterator[Job | None]) -> Iterator[list[EncodedFile]]:
        """Yield lists of files ready to be stored, until all jobs are done; raises EncoderFailed.

        A None among the jobs says that the next one is not there yet.
        """
        with self._encoders.threads() as threads:
            answers = self._pool.decode(jobs)
            while (answer := self.load.waiting_for_pictures(answers)) is not None:
                self._take(answer)
                if self._batch.is_full():
                    self._encode_batch(threads)
                    yield from self._finished(self._encoders.count)
            if self._batch.owners:
                self._encode_batch(threads)
            yield from self._finished(0)

    def _take(self, answer: Decoded | Failed) -> None:
        """Add a frame to its file and the batch, or drop a file that failed."""
        if isinstance(answer, Failed):
            self._read(answer.job)
            self._drop(answer)
            return
        self.load.count(answer.frame)
        file = self._open.get(answer.job) or self._begin(answer)
        if file.job is answer.job and not file.complete:
            self._batch.add(file, answer)
        answer.release()
        if answer.frame.last:
            self._read(answer.job)
            self._open.pop(answer.job, None)
            file.complete = file.complete or file.job is answer.job
            if file.failed:
                self._report_copy(answer.job)

    def _begin(self, decoded: Decoded) -> _File:
        """Return the file that a first frame belongs to: a new one, or one with the same bytes."""
        job, frame = decoded.job, decoded.frame
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
        """Report a file that can't be decoded, perhaps after some of its frames, and its copies with it."""
        job = failed.job
        file = self._open.pop(job, None)
        if file is not None and file.passed_on:
            return  # it needed no pixels, as the bytes are known
        self._failed(failed)
        if file is None:
            return
        if file.job is not job:
            file.copies = [(other, frame) for other, frame in file.copies if other is not job]
            return
        file.failed = True
        del self._by_digest[file.frame.digest]
        for other, _ in file.copies:
            if other not in self._open:
                self._report_copy(other)

    def _report_copy(self, job: Job) -> None:
        """Report a file that waited for one with the same bytes, which then failed; the next run tries again."""
        reason = "a file with the same bytes could not be read to its end"
        self._failed(Failed(job, Failure(job.file, reason, lasting=False)))

    def _new_batch(self) -> _Batch:
        return _Batch(np.empty((self._size, *self._encoders.shape), np.uint8))

    def _encode_batch(self, threads: ThreadPoolExecutor) -> None:
        """Give the current batch to an encoder, and begin a new one."""
        batch, self._batch = self._batch, self._new_batch()
        pixels = batch.pixels[: len(batch.owners)]
        self._encoding.append((threads.submit(self._encoders.encode, pixels), batch))

    def _finished(self, most: int) -> Iterator[list[EncodedFile]]:
        """Wait until at most so many batches are being encoded; yield the files that are complete with each."""
        while len(self._encoding) > most:
            future, batch = self._encoding.popleft()
            self._add_vectors(batch, self.load.waiting_for_encoder(future))
            yield from self._take_done()
        yield from self._take_done()

    def _add_vectors(self, batch: _Batch, encoded: Encoded) -> None:
        """Give the files their embeddings, and pass on those that are complete."""
        for (file, at_ms), vector in zip(batch.owners, encoded.vectors, strict=True):
            file.moments.append(MomentVector(at_ms, vector, encoded.precision))
            file.unencoded -= 1
        for file in {id(file): file for file, _ in batch.owners}.values():
            if file.complete and not file.unencoded and not file.failed:
                del self._by_digest[file.frame.digest]
                self._done += file.encoded()

    def _take_done(self) -> Iterator[list[EncodedFile]]:
        """Yield the files that are ready to be stored, if any."""
        if self._done:
            done, self._done = self._done, []
            yield done
