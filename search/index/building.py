"""Opening a library's index, and keeping its file up to date.

Up to EXACT_ROWS embeddings the search is exact and needs no file. Beyond, a compressed FAISS file names candidates,
and what has changed since it was made is searched besides it. `refresh` folds many changes into a new file, and
builds the file anew when its lists no longer suit their content.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np

from indexer.arrays import FloatArray, Ids
from indexer.damage import note_damage
from indexer.store.embeddings import embeddings, embeddings_of
from indexer.store.models import StoredModel
from indexer.store.store import Store
from indexer.store.texts import some_texts
from search.index.compressed import SAMPLE_PER_LIST, CompressedIndex, lists_for
from search.index.due import EXACT_ROWS, count_embeddings, is_due
from search.index.files import (
    UNWRITABLE,
    IndexFile,
    IndexState,
    changed_images,
    current_generation,
    current_state,
    drop_file,
    index_file,
    save_file,
    snapshot,
    watch_changes,
)
from search.index.recall import ExactAnswers, least_effort
from search.index.shared import SharedIndex
from search.index.spread import SAMPLE, Spread, save_spread
from search.index.vector_index import ChangedIndex, Memory, VectorIndex

GROWTH = 4.0  # of the library since the lists were trained, beyond which they are trained again
UNEVEN = 2.0  # growth of the lists' imbalance, likewise
LEAST_RECALL = 0.99
MEASURE_AGAIN = 1.25  # growth of the library since the recall was measured
HELD_OUT, TEXTS = 128, 128  # pictures and texts to measure the recall with
SEED = 11
ROWS_PER_CHANGE = 4_000  # embeddings that are read at a time to be added


def open_index(store: Store, model: StoredModel, shared: SharedIndex | None = None) -> VectorIndex:
    """Return the index of a model's embeddings as they are now; builds nothing and reads little.

    What is `shared` with other threads is opened once, and only what has changed is read again.
    """
    shared = shared or SharedIndex()
    with shared.lock, snapshot(store):
        state = current_state(store, model)
        if shared.state != (model.id, *state):
            file = index_file(store, model)
            shared.compressed = _opened(store, model, file, shared) if file is not None else None
            shared.memory, shared.state = Memory(), (model.id, *state)
        return VectorIndex(store, model, state, shared.compressed, shared.memory)


def refresh(store: Store, model: StoredModel) -> None:
    """Bring a model's file up to date if that is due; may take a while. A library that can't be written to is left."""
    if not is_due(store, model):
        return
    with contextlib.suppress(*UNWRITABLE):
        rows, file = count_embeddings(store, model), index_file(store, model)
        if rows <= EXACT_ROWS:
            drop_file(store, model)
        elif (
            file is None or not file.written.has_its_size or not 1 / GROWTH <= rows / file.state.trained_rows <= GROWTH
        ):
            _build(store, model)
        else:
            _fold(store, model, file)


def rebuild(store: Store, model: StoredModel) -> None:
    """Build a model's file anew, or drop it in a library that needs none; raises what keeps it from being written."""
    if count_embeddings(store, model) <= EXACT_ROWS:
        drop_file(store, model)
    else:
        _build(store, model)


def _opened(store: Store, model: StoredModel, file: IndexFile, shared: SharedIndex) -> ChangedIndex | None:
    """Open a file to search it, with the changes since; None if it is not as it was written or can't be opened."""
    index = shared.file_opened(file.written) or _mapped(model, file)
    if index is not None:
        shared.keep_file(file.written, index)
        changed = np.array(changed_images(store, model), dtype=np.int64)
        return ChangedIndex(index, file.state.effort, changed, *embeddings_of(store, model, changed))
    if current_state(store, model)[1] == file.path.name:  # it was not just replaced
        note_damage("index file", [file.path.name])
    return None


def _mapped(model: StoredModel, file: IndexFile) -> CompressedIndex | None:
    """Return a file's index, mapped; None if it is not as it was written or can't be opened."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1, "checksum") as thread:
        is_intact = thread.submit(lambda: file.written.is_intact)
        import faiss  # noqa: F401  # meanwhile, which takes longer
    if is_intact.result():
        with contextlib.suppress(RuntimeError, OSError):  # FAISS can't read the file; it was deleted just now
            index = CompressedIndex.opened(file.path)
            return index if index.dim == model.dim and len(index) == file.rows else None
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
        answers = _unanswered(store, model, held_out)
        for block_ids, vectors in embeddings(store, model):
            index.add(block_ids, vectors)
            answers.add_block(block_ids, vectors)
    state = IndexState(generation, len(index), index.imbalance, len(index), least_effort(index, answers))
    if save_file(store, model, index, state, before):
        save_spread(store, model, spread)


def _fold(store: Store, model: StoredModel, file: IndexFile) -> None:
    """Make a new file from an old one and the changes since; if that is damaged or uneven, build it from the store."""
    index = _to_change(file)
    if index is None:
        _build(store, model)
        return
    with snapshot(store):
        generation = current_generation(store, model)
        _apply_changes(store, model, index)
        is_even = index.imbalance <= UNEVEN * file.state.imbalance
        state = replace(file.state, generation=generation)
        if is_even and not 1 / MEASURE_AGAIN <= len(index) / file.state.measured_rows <= MEASURE_AGAIN:
            effort = least_effort(index, _exact_answers(store, model))
            state = replace(state, measured_rows=len(index), effort=effort)
        spread = Spread.of(_sample(store, model), len(index))
    if not is_even or state.effort.recall < LEAST_RECALL:
        _build(store, model)
    elif save_file(store, model, index, state, file):
        save_spread(store, model, spread)


def _to_change(file: IndexFile) -> CompressedIndex | None:
    """Return a file's index, read as a whole; None if the file is damaged or FAISS can't read it."""
    if file.written.is_intact:
        with contextlib.suppress(RuntimeError, OSError):
            return CompressedIndex.opened(file.path, to_change=True)
    return None


def _apply_changes(store: Store, model: StoredModel, index: CompressedIndex) -> None:
    """Apply what has changed in the store since an index was written."""
    changed = np.array(changed_images(store, model), dtype=np.int64)
    index.remove(changed)
    for start in range(0, len(changed), ROWS_PER_CHANGE):
        ids, vectors = embeddings_of(store, model, changed[start : start + ROWS_PER_CHANGE])
        if len(ids):
            index.add(ids, vectors)


def _all_ids(store: Store, model: StoredModel) -> Ids:
    rows = store.db.execute("SELECT image FROM embeddings WHERE model = ?", [model.id])
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def _chosen_ids(store: Store, model: StoredModel, count: int) -> Ids:
    """Return the ids of so many random pictures, or of all; the same ones for the same library."""
    ids = _all_ids(store, model)
    return np.random.default_rng(SEED).choice(ids, min(count, len(ids)), replace=False)


def _sample(store: Store, model: StoredModel) -> FloatArray:
    """Return some embeddings, shape (n, dim)."""
    return embeddings_of(store, model, _chosen_ids(store, model, SAMPLE))[1]


def _unanswered(store: Store, model: StoredModel, pictures: Ids) -> ExactAnswers:
    """Return the queries to measure the recall with, without their answers yet."""
    ids, vectors = embeddings_of(store, model, pictures)
    texts = some_texts(store, model, TEXTS)
    return ExactAnswers([vectors, texts] if len(texts) else [vectors], ids)


def _exact_answers(store: Store, model: StoredModel) -> ExactAnswers:
    """Return the queries with their answers, to measure the recall of an index that was built before."""
    answers = _unanswered(store, model, _chosen_ids(store, model, HELD_OUT))
    for block_ids, vectors in embeddings(store, model):
        answers.add_block(block_ids, vectors)
    return answers
