"""Searching the embeddings of one model: exact scores, whatever names the candidates.

Scores always are cosines with the stored vectors. A small library is searched as a whole; of a large one a
compressed index names candidates, and what has changed since that was made is searched besides it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, Ids
from indexer.store.embeddings import embeddings, embeddings_of
from indexer.store.models import StoredModel
from indexer.store.store import Store
from search.filters.passing import EVERYTHING, Passing
from search.index.compressed import CompressedIndex
from search.index.recall import Reach
from search.index.spread import Spread, stored_spread

KEPT_ROWS = 50_000  # embeddings that are kept in memory once they were read
FEW = 2_000  # pictures among which is searched by reading their vectors
PER_RESULT = 4  # candidates for each result that is wanted, where that is more than the usual depth
SHARE = 8  # a search that wants more than this part of all reads all


@dataclass(frozen=True, slots=True)
class Compressed:
    """A compressed index, how far to look in it, and what has changed since it was made."""

    index: CompressedIndex
    reach: Reach
    changed: Ids  # not to be taken from the index
    ids: Ids  # of those, the ones that are there
    vectors: FloatArray


class VectorIndex:
    """The embeddings of one model at one generation, ready to be searched."""

    def __init__(
        self, store: Store, model: StoredModel, state: tuple[int, str | None], compressed: Compressed | None
    ) -> None:
        """Take what `search.index.building.open_index` found; `state` is the generation and the file's name."""
        self.state = state
        self._store = store
        self._model = model
        self._compressed = compressed
        self._kept: tuple[Ids, FloatArray] | None = None

    def __len__(self) -> int:
        row = self._store.db.execute("SELECT count(*) FROM embeddings WHERE model = ?", [self._model.id]).fetchone()
        return int(row[0])

    @property
    def is_exact(self) -> bool:
        """Whether every picture is looked at."""
        return self._compressed is None

    def search(self, vector: FloatArray, k: int, passing: Passing = EVERYTHING) -> list[tuple[int, float]]:
        """Return up to k (id, cosine) pairs, best first, of the pictures that pass filters.

        `vector` has shape (dim,) and unit length. A filter never costs recall: among few pictures all are looked
        at, among many the whole compressed index is.
        """
        if k < 1 or passing.is_nothing:
            return []
        among = passing.ids
        if among is not None and len(among) <= FEW:
            return _best([embeddings_of(self._store, self._model, among)], vector, k)
        if self._compressed is None or k * SHARE > len(self._compressed.index):
            return _best(self._allowed(among), vector, k)
        return _best(self._candidates(self._compressed, vector, k, among), vector, k)

    def blocks(self, rows: int = 8192) -> Iterator[tuple[Ids, FloatArray]]:
        """Yield all ids (n,) and vectors (n, dim) in blocks, each picture once."""
        if self._kept is None and self._compressed is None:
            self._kept = self._read_if_few()
        if self._kept is None:
            yield from embeddings(self._store, self._model, rows)
            return
        ids, vectors = self._kept
        for start in range(0, len(ids), rows):
            yield ids[start : start + rows], vectors[start : start + rows]

    def vector(self, image: int) -> FloatArray:
        """Return one picture's embedding (dim,); raises KeyError if it is not in the index."""
        _, vectors = self.vectors([image])
        if not len(vectors):
            raise KeyError(image)
        return np.asarray(vectors[0], dtype=np.float32)

    def vectors(self, images: list[int] | Ids) -> tuple[Ids, FloatArray]:
        """Return (ids (n,) ascending, vectors (n, dim)) of those of the pictures that are embedded."""
        return embeddings_of(self._store, self._model, images)

    def spread(self) -> Spread | None:
        """Return where the embeddings lie; of a large library as it was last written down. None if there are none."""
        if self._compressed is None:
            parts = list(self.blocks()) if self._kept is not None or len(self) <= KEPT_ROWS else []
            if parts:
                vectors = np.concatenate([vectors for _, vectors in parts])
                return Spread.of(vectors, len(vectors))
        return stored_spread(self._store, self._model)

    def _read_if_few(self) -> tuple[Ids, FloatArray] | None:
        """Return all embeddings if they may be kept in memory."""
        if len(self) > KEPT_ROWS:
            return None
        parts = list(embeddings(self._store, self._model))
        if not parts:
            return np.empty(0, np.int64), np.empty((0, self._model.dim), np.float32)
        return np.concatenate([ids for ids, _ in parts]), np.concatenate([vectors for _, vectors in parts])

    def _allowed(self, among: Ids | None) -> Iterator[tuple[Ids, FloatArray]]:
        """Yield all embeddings, or those among which to search."""
        for ids, vectors in self.blocks():
            if among is None:
                yield ids, vectors
            else:
                chosen = np.isin(ids, among)
                yield ids[chosen], vectors[chosen]

    def _candidates(
        self, compressed: Compressed, vector: FloatArray, k: int, among: Ids | None
    ) -> Iterator[tuple[Ids, FloatArray]]:
        """Yield what may be the best: what the compressed index names, and what has changed since."""
        probes = compressed.reach.probes if among is None else compressed.index.lists
        depth = max(compressed.reach.depth, PER_RESULT * k)
        allowed = self._as_bitmap(among, compressed.changed)
        found = compressed.index.candidates(vector[np.newaxis, :], depth, probes, allowed)[0]
        yield embeddings_of(self._store, self._model, found[found >= 0])
        chosen = slice(None) if among is None else np.isin(compressed.ids, among)
        yield compressed.ids[chosen], compressed.vectors[chosen]

    def _as_bitmap(self, among: Ids | None, without: Ids) -> NDArray[np.bool_] | None:
        """Return which ids an answer may have, by id; None for any."""
        if among is not None:
            allowed = np.zeros(int(among.max()) + 1, dtype=bool)
            allowed[among] = True
        elif len(without):
            greatest = self._store.db.execute("SELECT max(image) FROM embeddings").fetchone()[0] or 0
            allowed = np.ones(max(int(greatest), int(without.max())) + 1, dtype=bool)
        else:
            return None
        allowed[without[without < len(allowed)]] = False
        return allowed


def _best(
    parts: Iterator[tuple[Ids, FloatArray]] | list[tuple[Ids, FloatArray]], vector: FloatArray, k: int
) -> list[tuple[int, float]]:
    """Return the k best (id, cosine) pairs of blocks of vectors."""
    ids, scores = np.empty(0, np.int64), np.empty(0, np.float32)
    for some, vectors in parts:
        ids, scores = np.concatenate([ids, some]), np.concatenate([scores, vectors @ vector])
        if len(ids) > 4 * k:
            kept = np.argpartition(-scores, k)[:k]
            ids, scores = ids[kept], scores[kept]
    order = np.lexsort((ids, -scores))[:k]
    return [(int(ids[row]), float(scores[row])) for row in order]
