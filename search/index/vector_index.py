"""Searching the embeddings of one model, with exact scores.

Scores always are cosines with the stored vectors. A small library is searched as a whole; of a large one a
compressed index names candidates, and what has changed since it was made is searched besides it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import FloatArray, Ids
from indexer.store.embeddings import embeddings, embeddings_of
from indexer.store.models import StoredModel
from indexer.store.soundness import MOST_ID
from indexer.store.store import Store
from search.filters.passing import EVERYTHING, Passing
from search.index.compressed import CompressedIndex
from search.index.recall import SearchEffort
from search.index.spread import Spread, stored_spread

KEPT_ROWS = 50_000  # embeddings, at most, that stay in memory once they were read
READ_DIRECTLY = 2_000  # pictures, at most, that pass filters and whose vectors are read without the index
CANDIDATES_PER_RESULT = 4  # at least
NEAREST = 256  # results, at most, that the probed lists hold: of 10,000 they would miss more than half
READ_ALL_SHARE = 8  # a search for more than 1/8 of all pictures reads all


@dataclass(frozen=True, slots=True)
class ChangedIndex:
    """A compressed index, how much of it to search, and what has changed since it was made."""

    index: CompressedIndex
    effort: SearchEffort
    changed: Ids  # their vectors in the index are outdated
    ids: Ids  # those of the changed that still exist, with their present vectors
    vectors: FloatArray


@dataclass(slots=True)
class Memory:
    """What was read of the embeddings of one state, once for all threads that search it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    rows: int | None = None  # how many there are
    vectors: tuple[Ids, FloatArray] | None = None  # all of them, if they are few
    spread: Spread | None = None


class VectorIndex:
    """The embeddings of one model at one generation, ready to search."""

    def __init__(
        self,
        store: Store,
        model: StoredModel,
        state: tuple[int, str | None],
        compressed: ChangedIndex | None,
        memory: Memory | None = None,
    ) -> None:
        """Take the generation and the file's name as `state`; use `search.index.building.open_index`."""
        self.state = state
        self._store = store
        self._model = model
        self._compressed = compressed
        self._memory = memory or Memory()

    def __len__(self) -> int:
        if self._memory.rows is None:
            count = "SELECT count(*) FROM embeddings WHERE model = ?"
            self._memory.rows = int(self._store.db.execute(count, [self._model.id]).fetchone()[0])
        return self._memory.rows

    @property
    def is_exact(self) -> bool:
        """Whether every search reads all pictures."""
        return self._compressed is None

    def search(self, vector: FloatArray, k: int, passing: Passing = EVERYTHING) -> list[tuple[int, float]]:
        """Return up to k (id, cosine) pairs, best first, of the pictures that pass filters."""
        ids, scores = self.nearest(vector, k, passing)
        return list(zip(ids.tolist(), scores.tolist(), strict=True))

    def at_least(self, vector: FloatArray, lowest: float, passing: Passing = EVERYTHING) -> Ids:
        """Return the ids (n,), ascending, of the pictures that pass filters and score `lowest` or more; reads all."""
        found = [ids[vectors @ vector >= lowest] for ids, vectors in self._passing_blocks(passing)]
        return np.sort(np.concatenate([np.empty(0, np.int64), *found]))

    def nearest(self, vector: FloatArray, k: int, passing: Passing = EVERYTHING) -> tuple[Ids, FloatArray]:
        """Return ids and cosines (n,), n <= k, best first, of the pictures that pass filters.

        `vector` has shape (dim,) and unit length. A filter never costs recall: if few pictures pass all are read,
        else all lists of the compressed index are searched. So they are for many results.
        """
        if k < 1 or passing.is_nothing:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if passing.ids is not None and len(passing.ids) <= READ_DIRECTLY:
            return _best([embeddings_of(self._store, self._model, passing.ids)], vector, k)
        if self._compressed is None or k * READ_ALL_SHARE > len(self._compressed.index):
            return _best(self._passing_blocks(passing), vector, k)
        return _best(self._candidates(self._compressed, vector, k, passing), vector, k)

    def blocks(self, rows: int = 8192) -> Iterator[tuple[Ids, FloatArray]]:
        """Yield all ids (n,) and vectors (n, dim) in blocks, each picture once."""
        kept = self._read_if_few() if self._compressed is None else None
        if kept is None:
            yield from embeddings(self._store, self._model, rows)
            return
        ids, vectors = kept
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
        """Return the spread of the embeddings, of a large library the stored one; None if there is none."""
        if self._memory.spread is None:
            kept = self._read_if_few() if self._compressed is None else None
            if kept is not None and len(kept[1]):
                self._memory.spread = Spread.of(kept[1], len(kept[1]))
            else:
                self._memory.spread = stored_spread(self._store, self._model)
        return self._memory.spread

    def _read_if_few(self) -> tuple[Ids, FloatArray] | None:
        """Return all embeddings if they may be kept in memory."""
        if len(self) > KEPT_ROWS:
            return None
        with self._memory.lock:
            if self._memory.vectors is None:
                blocks = list(embeddings(self._store, self._model))
                ids = np.concatenate([np.empty(0, np.int64), *(ids for ids, _ in blocks)])
                none = np.empty((0, self._model.dim), np.float32)
                self._memory.vectors = ids, np.concatenate([none, *(vectors for _, vectors in blocks)])
            return self._memory.vectors

    def _passing_blocks(self, passing: Passing) -> Iterator[tuple[Ids, FloatArray]]:
        """Yield the embeddings of the pictures that pass."""
        return (_chosen(ids, vectors, passing) for ids, vectors in self.blocks())

    def _candidates(
        self, compressed: ChangedIndex, vector: FloatArray, k: int, passing: Passing
    ) -> Iterator[tuple[Ids, FloatArray]]:
        """Yield the embeddings that the compressed index names, and those that have changed since it was made."""
        is_near = passing.is_everything and k <= NEAREST
        probes = compressed.effort.probes if is_near else compressed.index.lists
        depth = max(compressed.effort.depth, CANDIDATES_PER_RESULT * k)
        allowed = self._allowed(passing, compressed.changed)
        candidates = compressed.index.candidates(vector[np.newaxis, :], depth, probes, allowed)[0]
        yield embeddings_of(self._store, self._model, candidates[candidates >= 0])
        yield _chosen(compressed.ids, compressed.vectors, passing)

    def _allowed(self, passing: Passing, changed: Ids) -> NDArray[np.bool_] | None:
        """Return, indexed by id, which pictures may be taken from the compressed index; None for all."""
        if passing.ids is not None:
            ids = passing.ids[(passing.ids > 0) & (passing.ids <= MOST_ID)]
            allowed = np.zeros(int(ids.max(initial=0)) + 1, dtype=bool)
            allowed[ids] = True
        elif len(changed):
            newest = "SELECT max(image) FROM embeddings WHERE typeof(image) = 'integer' AND image <= ?"
            greatest = self._store.db.execute(newest, [MOST_ID]).fetchone()[0] or 0
            allowed = np.ones(max(int(greatest), int(changed.max())) + 1, dtype=bool)
        else:
            return None
        allowed[changed[changed < len(allowed)]] = False
        return allowed


def _chosen(ids: Ids, vectors: FloatArray, passing: Passing) -> tuple[Ids, FloatArray]:
    """Return those of the ids (n,) and vectors (n, dim) that pass."""
    if passing.is_everything:
        return ids, vectors
    passes = passing.mask(ids)
    return ids[passes], vectors[passes]


def _best(blocks: Iterable[tuple[Ids, FloatArray]], vector: FloatArray, k: int) -> tuple[Ids, FloatArray]:
    """Return ids and cosines (n,) of the k best in blocks of vectors."""
    parts = [(np.empty(0, np.int64), np.empty(0, np.float32))]
    held = 0
    for block_ids, vectors in blocks:
        parts.append((block_ids, np.asarray(vectors @ vector, dtype=np.float32)))
        held += len(block_ids)
        if held > 4 * k:
            ids, scores = _joined(parts)
            kept = np.argpartition(-scores, k)[:k]
            parts, held = [(ids[kept], scores[kept])], k
    ids, scores = _joined(parts)
    order = np.lexsort((ids, -scores))[:k]
    return ids[order], scores[order]


def _joined(parts: list[tuple[Ids, FloatArray]]) -> tuple[Ids, FloatArray]:
    return np.concatenate([ids for ids, _ in parts]), np.concatenate([scores for _, scores in parts])
