"""Embed many pictures: those unchanged in the library are taken from it, others are encoded in batches.

Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.arrays import FloatArray, unit_vector
from indexer.engine.job import Job
from indexer.errors import PictureError
from indexer.files.found import Problem, found_file
from indexer.indexing.listener import Listener
from indexer.models.device import cores
from indexer.paths import absolute
from indexer.store.embeddings import MomentVector, embeddings_of, moments_of
from indexer.store.roots import Root
from search.evaluation.metrics import Bools
from search.library.picture_vectors import known_ids

if TYPE_CHECKING:
    from indexer.decoding.frame import Frame
    from indexer.engine.job import Failed
    from search.library.library import Library

BY_PROCESSES = 64  # pictures from which processes that decode are worth their start


def embed_pictures(library: Library, paths: Sequence[Path], listener: Listener) -> tuple[FloatArray, Bools]:
    """Return the unit embeddings (n, dim) of pictures, and a mask (n,) of those that could be read.

    The rows of the others are zero, and `listener.problem` gets each of them. A video is the mean of its moments.
    Raises PictureError if none can be read, EncoderFailed if the model fails, KeyboardInterrupt if the listener wants
    to stop.
    """
    vectors = np.zeros((len(paths), library.model.dim), dtype=np.float32)
    read = np.zeros(len(paths), dtype=bool)
    paths = [absolute(path) for path in paths]
    missing = []
    for row, path in enumerate(paths):
        ids, moments = embeddings_of(library.store, library.model, known_ids(library.store, path))
        if len(ids):
            vectors[row], read[row] = unit_vector(moments.mean(axis=0)), True
        else:
            missing.append(row)
    if missing:
        listener.loading()
        encoded = _Encoding(library, listener).run([paths[row] for row in missing])
        for row in missing:
            if paths[row] in encoded:
                vectors[row], read[row] = unit_vector(np.mean(encoded[paths[row]], axis=0)), True
    if not read.any():
        raise PictureError("None of the pictures can be read, so there is nothing to measure.")
    return vectors, read


class _Encoding:
    """Encodes pictures that are not in the library, as an indexing run does."""

    def __init__(self, library: Library, listener: Listener) -> None:
        self._library = library
        self._listener = listener

    def run(self, paths: Sequence[Path]) -> dict[Path, list[FloatArray]]:
        """Return the embeddings of the moments of each picture that can be read, by its path."""
        from indexer.engine.encoder_threads import EncoderThreads
        from indexer.engine.pipeline import Pipeline
        from indexer.engine.pool import open_pool

        encoder = self._library.encoder
        jobs = [job for path in dict.fromkeys(paths) if (job := self._job(path))]
        self._listener.encoding(len(jobs))
        encoder.expect(len(jobs))
        size = min(encoder.batch_size, max(1, len(jobs)))
        processes = min(cores(), 8) if len(jobs) >= BY_PROCESSES else 0
        threads = EncoderThreads(encoder.replicas(), cores())
        vectors: dict[Path, list[FloatArray]] = {}
        with open_pool(processes, 2 * size // max(1, processes) + 2, encoder.preprocess) as pool:
            for files in Pipeline(pool, threads, size, self._known, self._failed).run(iter(jobs)):
                for file in files:
                    vectors[file.root.path / file.frame.file.path] = [moment.vector for moment in file.moments]
                self._listener.progress(len(files))
                if self._listener.stopping():
                    raise KeyboardInterrupt
        return vectors

    def _job(self, path: Path) -> Job | None:
        """Return what the decoders need for a file, None if it is gone."""
        try:
            return Job(Root(0, path.parent, None), found_file(path.name, path.stat()))
        except OSError as error:
            self._listener.problem(Problem(path, error.strerror or "can't be read", lasting=False))
            return None

    def _known(self, frame: Frame) -> Sequence[MomentVector]:
        """Return the embeddings of a picture in the library that has the same bytes."""
        return moments_of(self._library.store, self._library.model, frame.file.size, frame.digest)

    def _failed(self, failed: Failed) -> None:
        self._listener.problem(Problem(failed.job.path, failed.failure.reason, failed.failure.lasting))
        self._listener.progress(1)
