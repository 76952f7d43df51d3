"""The part of a run that encodes: a pool of decoders, the encoders, the pipeline between them, and the store."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator, Sequence, Set

from indexer.decoding.frame import Frame
from indexer.engine.encoder_threads import EncoderThreads
from indexer.engine.job import Failed, Job
from indexer.engine.pipeline import KnownVectors, Pipeline
from indexer.engine.pool import open_pool
from indexer.files.found import Problem
from indexer.indexing.listener import Listener
from indexer.indexing.summary import Summary
from indexer.library_model.int8_choice import begin_judging, keep_verdict
from indexer.models.device import cores
from indexer.models.encoder import Encoder
from indexer.store.embeddings import MomentVector, moments_of
from indexer.store.failures import remember_failure
from indexer.store.models import StoredModel
from indexer.store.pictures import KnownPath, forget_files, store_batch
from indexer.store.store import Store
from indexer.thumbnails.kept import KeptThumbnails

MOST_WORKERS = 32
FAILURES_PER_WRITE = 64  # collected before they are stored


@contextlib.contextmanager
def open_pipeline(
    encoder: Encoder,
    files: int,
    batch_size: int | None,
    workers: int | None,
    known: KnownVectors,
    failed: Callable[[Failed], None],
    thumbnails: KeptThumbnails | None = None,
    read: Callable[[Job], None] = lambda _: None,
) -> Iterator[Pipeline]:
    """Open the way from so many files to embeddings, and to `thumbnails` on the side if they are wanted.

    `read` is called for each file that no decoder needs any more.

    Raises ClipsearchError if decoders can't run here.
    """
    encoder.expect(files)
    size = batch_size or encoder.batch_size
    processes = _number_of_workers(encoder, files) if workers is None else workers
    encoders = EncoderThreads(encoder.replicas(), cores())
    with open_pool(processes, 2 * size // max(1, processes) + 2, encoder.preprocess, thumbnails) as pool:
        yield Pipeline(pool, encoders, size, known, failed, read)


def _number_of_workers(encoder: Encoder, files: int) -> int:
    """Return how many processes decode; with a GPU, one core is left to feed it."""
    free = cores() if encoder.device == "cpu" else cores() - 1
    return max(1, min(free, files, MOST_WORKERS))


class Encoding:
    """Encodes files and stores them batch by batch, and the failures too."""

    def __init__(
        self, store: Store, encoder: Encoder, model: StoredModel, listener: Listener, summary: Summary
    ) -> None:
        """Take the encoder with its row in the store, the listener, and the summary to count in."""
        self._store = store
        self._encoder = encoder
        self._model = model
        self._listener = listener
        self._summary = summary
        self._left = 0  # files
        self._failures: list[Failed] = []  # not yet stored

    def run(
        self,
        jobs: Sequence[Job],
        changed: Set[KnownPath],
        *,
        batch_size: int | None,
        workers: int | None,
        again: bool,
        thumbnails: KeptThumbnails | None = None,
    ) -> None:
        """Encode and store until done or told to stop; `again` encodes also what is known byte for byte.

        `changed` are those of the files that the library knows by another state of theirs; the rest are new.

        Raises EncoderFailed if the model fails, ClipsearchError if decoders can't run here.
        """
        self._left = len(jobs)
        self._listener.encoding(self._left)
        began = time.monotonic()
        wanted = itertools.takewhile(lambda _: not self._listener.stopping(), jobs)
        known = _nothing if again else self._known
        begin_judging(self._model, self._encoder)
        try:
            with open_pipeline(
                self._encoder, self._left, batch_size, workers, known, self._on_failure, thumbnails
            ) as pipeline:
                for files in pipeline.run(wanted):
                    store_batch(self._store, self._model, files)
                    self._summary.encoded += len(files)
                    for root, frame, _ in files:
                        what = "changed" if (root.id, frame.file.path) in changed else "new"
                        self._summary.take(what, root.path / frame.file.path)
                        self._summary.unkept += frame.thumbnail is False
                    self._advance(len(files))
                    self._store_failures(FAILURES_PER_WRITE)
                    self._listener.bottleneck(pipeline.load.bottleneck())
                    began = pipeline.load.began or began  # what came before the first picture is no picture's time
        finally:
            self._store_failures(0)
            self._summary.encoding_seconds = time.monotonic() - began
            keep_verdict(self._store, self._model, self._encoder)
        self._summary.stopped = self._summary.stopped or bool(self._left)

    def _known(self, frame: Frame) -> Sequence[MomentVector]:
        """Return the known embeddings of a file with the same bytes."""
        return moments_of(self._store, self._model, frame.file.size, frame.digest)

    def _on_failure(self, failed: Failed) -> None:
        """Report a file that can't be decoded."""
        failure = failed.failure
        self._summary.problems += 1
        self._summary.failed += 1
        self._listener.problem(Problem(failed.job.path, failure.reason, failure.lasting))
        self._advance(1)
        self._failures.append(failed)

    def _store_failures(self, most: int) -> None:
        """Store the collected failures if there are more than `most`, and forget the pictures that bad files were."""
        if len(self._failures) <= most:
            return
        with self._store.writing():
            for failed in self._failures:
                root, file, lasting = failed.job.root, failed.job.file, failed.failure.lasting
                remember_failure(self._store, root, file, failed.failure.reason, lasting=lasting)
                if lasting:
                    self._summary.forgotten += forget_files(self._store, root, [file.path])
        self._failures.clear()

    def _advance(self, done: int) -> None:
        self._left -= done
        self._listener.progress(done)


def _nothing(frame: Frame) -> Sequence[MomentVector]:
    """Return no embeddings, as if no file were known."""
    return ()
