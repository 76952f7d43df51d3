"""The mean and covariance of a data set's embeddings, from a sample of them, kept in the cache folder by version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indexer.data_sets.columns import EMBEDDING
from indexer.data_sets.sentences import sentences
from indexer.paths import cache_folder
from search.data_set_answers.found import vectors_of
from search.index.spread import Spread
from search.kept_arrays import FOLDER, SUFFIX, keep, kept

if TYPE_CHECKING:
    from pathlib import Path

    from search.data_sets.opened import OpenDataSet

SAMPLE = 20_000  # rows, at most
RUN = 256  # rows next to each other, since each place costs a request to a bucket


def spread_of(opened: OpenDataSet) -> Spread:
    """Return the spread of a data set at the version that is open."""
    file, state, dim = _file(opened), _state(opened), opened.model.dim
    if (known := kept(file, state)) is not None:
        about, arrays = known
        mean, covariance = arrays.get("mean"), arrays.get("covariance")
        if mean is not None and covariance is not None and (mean.shape, covariance.shape) == ((dim,), (dim, dim)):
            return Spread(mean.astype(np.float32), covariance.astype(np.float32), int(about["count"]))
    spread = _measured(opened)
    arrays = {"mean": spread.mean.astype("<f4"), "covariance": spread.covariance.astype("<f4")}
    keep(file, state, {"count": spread.count}, arrays)
    return spread


def _measured(opened: OpenDataSet) -> Spread:
    """Return the spread of all rows, or of some runs of them if they are many."""
    count, dataset = opened.pictures.count(), opened.pictures.table.dataset
    if count <= SAMPLE:
        blocks = [vectors_of(batch) for batch in opened.pictures.scan([EMBEDDING])]
    else:
        starts = np.linspace(0, count - RUN, SAMPLE // RUN).astype(np.int64)
        rows = np.unique(starts[:, np.newaxis] + np.arange(RUN))
        with sentences(opened.address):
            blocks = [vectors_of(dataset.take(rows.tolist(), columns=[EMBEDDING]))]
    none = np.empty((0, opened.model.dim), np.float32)
    vectors = np.concatenate([none, *blocks])
    if not len(vectors):
        return Spread(np.zeros(opened.model.dim, np.float32), np.zeros((opened.model.dim,) * 2, np.float32), 0)
    return Spread.of(vectors, count)


def _file(opened: OpenDataSet) -> Path:
    import xxhash

    return cache_folder() / FOLDER / f"spread-{xxhash.xxh3_64_hexdigest(opened.address.encode())}{SUFFIX}"


def _state(opened: OpenDataSet) -> str:
    """Return what tells a version of a data set from others, also from those of one that was at its address before."""
    first = opened.pictures.table.dataset.get_fragments()[:1]
    files = [file.path for fragment in first for file in fragment.data_files()]
    return " ".join([opened.address, str(opened.pictures.version), *files])
