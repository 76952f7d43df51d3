"""Which index a library has, and keeping it up to date: chosen by size, never an answer that is wrong.

Up to EXACT_ROWS embeddings the search is exact and needs no file. Beyond, a compressed FAISS file names candidates,
and what has changed since it was made is searched besides it. `refresh` folds the changes into a new file when they
have become many, and builds it anew when its lists no longer suit what is in them.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np

from indexer.arrays import FloatArray, Ids
from indexer.store.embeddings import embeddings, embeddings_of
from indexer.store.models import StoredModel
from indexer.store.store import Store
from search.index.compressed import SAMPLE_PER_LIST, CompressedIndex, lists_for
from search.index.due import EXACT_ROWS, MANY_CHANGES, count_embeddings, is_due
from search.index.files import (
    UNWRITABLE,
    IndexFile,
    IndexState,
    changed_images,
    current_generation,
    current_state,
    drop_file,
    index_file,
    is_as_written,
    is_sound,
    keep_file,
    snapshot,
    watch_changes,
)
from search.index.recall import Truth, reach
from search.index.spread import SAMPLE, Spread, save_spread
from search.index.vector_index import Compressed, VectorIndex

GROWTH = 4.0  # of the library since the lists were found, beyond which they are found anew
UNEVEN = 2.0  # times as uneven as they were then
LEAST_RECALL = 0.99
MEASURE_AGAIN = 1.25  # growth since the recall was measured
HELD_OUT, TEXTS = 128, 128  # queries that the recall is measured with
SEED = 11


def open_index(store: Store, model: StoredModel) -> VectorIndex:
    """Return the index of a model's embeddings as they are now; nothing is built, and little read."""
    with snapshot(store):
        state = current_state(store, model)
        file = index_file(store, model)
        compressed = _opened(store, model, file) if file is not None else None
        return VectorIndex(store, model, state, compressed)


def refresh(store: Store, model: StoredModel) -> None:
    """Bring a model's file up to date if that is due: fold the changes in, or build it anew; may take a while.

    A library that can't be written to stays as it is.
    """
    if not is_due(store, model):
        return
    with contextlib.suppress(*UNWRITABLE):
        rows, file = count_embeddings(store, model), index_file(store, model)
        if file is not None and rows <= EXACT_ROWS:
            drop_file(store, model)
        elif file is None or not is_as_written(file) or not 1 / GROWTH <= rows / file.state.trained_rows <= GROWTH:
            _build(store, model)
        else:
            _fold(store, model, file)


def _opened(store: Store, model: StoredModel, file: IndexFile) -> Compressed | None:
    """Open a file to be searched; None if it can't be."""
    if not is_as_written(file):
        return None
    with contextlib.suppress(RuntimeError, OSError):  # what faiss raises on a file that it can't read; gone just now
        index = CompressedIndex.opened(file.path)
        if index.dim == model.dim and len(index) == file.rows:
            changed = np.array(changed_images(store, model), dtype=np.int64)
            return Compressed(index, file.state.reach, changed, *embeddings_of(store, model, changed))
    return None


def _build(store: Store, model: StoredModel) -> None:
    """Build a file from the store."""
    watch_changes(store, model)
    before = index_file(store, model)
    with snapshot(store):
        generation = current_generation(store, model)
        ids = _all_ids(store, model)
        random = np.random.default_rng(SEED)
        held_out = random.choice(ids, min(HELD_OUT, len(ids) // 2), replace=False)
        rest = np.setdiff1d(ids, held_out)
        size = min(len(rest), max(SAMPLE, SAMPLE_PER_LIST * lists_for(len(ids))))
        _, sample = embeddings_of(store, model, random.choice(rest, size, replace=False))
        index = CompressedIndex.trained(sample, len(ids))
        spread = Spread.of(sample[:SAMPLE], len(ids))
        truth = _questions(store, model, held_out)
        for some, vectors in embeddings(store, model):
            index.add(some, vectors)
            truth.see(some, vectors)
    state = IndexState(generation, len(index), index.imbalance, len(index), reach(index, truth))
    if keep_file(store, model, index, state, before):
        save_spread(store, model, spread)


def _fold(store: Store, model: StoredModel, file: IndexFile) -> None:
    """Make a new file of an old one and what has changed since; from the store if it is damaged or uneven by now."""
    index = _to_change(file)
    if index is None:
        _build(store, model)
        return
    with snapshot(store):
        generation = current_generation(store, model)
        _apply_changes(store, model, index)
        even = index.imbalance <= UNEVEN * file.state.imbalance
        state = replace(file.state, generation=generation)
        if even and not 1 / MEASURE_AGAIN <= len(index) / file.state.measured_rows <= MEASURE_AGAIN:
            state = replace(state, measured_rows=len(index), reach=reach(index, _answers(store, model)))
        spread = Spread.of(_sample(store, model), len(index))
    if not even or state.reach.recall < LEAST_RECALL:
        _build(store, model)
    elif keep_file(store, model, index, state, file):
        save_spread(store, model, spread)


def _to_change(file: IndexFile) -> CompressedIndex | None:
    """Return a file's index read as a whole, None if it is not as it was written or no faiss can read it."""
    if is_sound(file):
        with contextlib.suppress(RuntimeError, OSError):
            return CompressedIndex.opened(file.path, to_change=True)
    return None


def _apply_changes(store: Store, model: StoredModel, index: CompressedIndex) -> None:
    """Bring an index from the state of its file to that of the store."""
    changed = np.array(changed_images(store, model), dtype=np.int64)
    index.remove(changed)
    for start in range(0, len(changed), MANY_CHANGES):
        ids, vectors = embeddings_of(store, model, changed[start : start + MANY_CHANGES])
        if len(ids):
            index.add(ids, vectors)


def _all_ids(store: Store, model: StoredModel) -> Ids:
    rows = store.db.execute("SELECT image FROM embeddings WHERE model = ?", [model.id])
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def _sample(store: Store, model: StoredModel, size: int = SAMPLE) -> FloatArray:
    """Return some embeddings, shape (n, dim), the same ones for the same library."""
    ids = _all_ids(store, model)
    chosen = np.random.default_rng(SEED).choice(ids, min(size, len(ids)), replace=False)
    return embeddings_of(store, model, chosen)[1]


def _questions(store: Store, model: StoredModel, pictures: Ids) -> Truth:
    """Return the queries to measure the recall with, their answers not yet known."""
    ids, vectors = embeddings_of(store, model, pictures)
    rows = store.db.execute("SELECT vector FROM texts WHERE model = ? LIMIT ?", [model.id, TEXTS]).fetchall()
    texts = np.frombuffer(b"".join(row[0] for row in rows), "<f4").reshape(-1, model.dim).astype(np.float32)
    return Truth([vectors, texts] if len(texts) else [vectors], ids)


def _answers(store: Store, model: StoredModel) -> Truth:
    """Return such queries with their exact answers, for an index that is there already."""
    ids = _all_ids(store, model)
    truth = _questions(store, model, np.random.default_rng(SEED).choice(ids, min(HELD_OUT, len(ids)), replace=False))
    for some, vectors in embeddings(store, model):
        truth.see(some, vectors)
    return truth
