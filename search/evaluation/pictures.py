"""The embeddings of many pictures: from the library where they are there unchanged, else encoded now, in batches.

What is encoded here is not stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.engine.job import Job
from indexer.files.found import Problem, found_file
from indexer.indexing.listener import Listener
from indexer.models.device import cores
from indexer.paths import absolute
from indexer.store.embeddings import MomentVector, embeddings_of, moments_of
from indexer.store.roots import Root
from search.evaluation.metrics import Bools
from search.library.picture_vectors import known_ids

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.decoding.frame import Frame
    from indexer.engine.job import Failed
    from search.library.library import Library

BY_PROCESSES = 64  # pictures from which on it pays to start processes that decode


def embed_pictures(library: Library, paths: Sequence[Path], listener: Listener) -> tuple[FloatArray, Bools]:
    """Return the unit embeddings (n, dim) of pictures, and a mask (n,) of those that could be read.

    The rows of the others are zero; they are named to `listener.problem`. A video is the mean of its moments.
    Raises EncoderFailed if the model fails, KeyboardInterrupt if the listener wants to stop.
    """
    vectors = np.zeros((len(paths), library.model.dim), dtype=np.float32)
    read = np.zeros(len(paths), dtype=bool)
    places = [absolute(path) for path in paths]
    missing = []
    for row, place in enumerate(places):
        ids, rows = embeddings_of(library.store, library.model, known_ids(library.store, place))
        if len(ids):
            vectors[row], read[row] = _mean(rows), True
        else:
            missing.append(row)
    if missing:
        listener.loading()
        found = _Encoding(library, listener).run([places[row] for row in missing])
        for row in missing:
            if places[row] in found:
                vectors[row], read[row] = _mean(np.stack(found[places[row]])), True
    return vectors, read


class _Encoding:
    """Encodes pictures that are not in the library, as an indexing run does."""

    def __init__(self, library: Library, listener: Listener) -> None:
        self._library = library
        self._listener = listener

    def run(self, places: Sequence[Path]) -> dict[Path, list[FloatArray]]:
        """Return the embeddings of the moments of each picture that can be read, by its path."""
        from indexer.engine.encoder_threads import EncoderThreads
        from indexer.engine.pipeline import Pipeline
        from indexer.engine.pool import open_pool

        encoder = self._library.encoder
        jobs = [job for place in dict.fromkeys(places) if (job := self._job(place))]
        self._listener.encoding(len(jobs))
        size = min(encoder.batch_size, max(1, len(jobs)))
        processes = min(cores(), 8) if len(jobs) >= BY_PROCESSES else 0
        threads = EncoderThreads(encoder.replicas(), cores())
        found: dict[Path, list[FloatArray]] = {}
        with open_pool(processes, 2 * size // max(1, processes) + 2, encoder.preprocess) as pool:
            for files in Pipeline(pool, threads, size, self._known, self._failed).run(iter(jobs)):
                for file in files:
                    found[file.root.path / file.frame.file.path] = [moment.vector for moment in file.moments]
                self._listener.progress(len(files))
                if self._listener.stopping():
                    raise KeyboardInterrupt
        return found

    def _job(self, place: Path) -> Job | None:
        """Return what the decoders are given for a file, None if it is gone."""
        try:
            return Job(Root(0, place.parent, None), found_file(place.name, place.stat()))
        except OSError as error:
            self._listener.problem(Problem(place, error.strerror or "can't be read", lasting=False))
            return None

    def _known(self, frame: Frame) -> Sequence[MomentVector]:
        """Return the embeddings of a picture in the library with the very same bytes."""
        return moments_of(self._library.store, self._library.model, frame.file.size, frame.digest)

    def _failed(self, failed: Failed) -> None:
        self._listener.problem(Problem(failed.job.path, failed.failure.reason, failed.failure.lasting))
        self._listener.progress(1)


def _mean(rows: FloatArray) -> FloatArray:
    """Return the unit mean (dim,) of rows."""
    from indexer.arrays import unit_rows

    return np.asarray(unit_rows(rows.mean(axis=0, keepdims=True))[0], dtype=np.float32)
