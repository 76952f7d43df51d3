"""The FAISS index of a model's picture embeddings: derived from the store, rebuilt by itself.

Inner product over unit vectors is the cosine. FAISS ids are SQLite ids. The vectors are kept as fp16, as the
store has them, so the search is exact.

The file is replaced atomically (temporary file, fsync, rename), and the store remembers which generation of
the embeddings it holds, its size and its checksum. Whatever differs (missing, stale or damaged file, a crash
between the steps) leads to a rebuild, never to a wrong answer.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.encoder import FloatArray
from indexer.errors import ModelMismatch
from indexer.pictures import embeddings
from indexer.store import Store, StoredModel

Ids = NDArray[np.int64]


class FaissIndex:
    """The embeddings of one model, ready to be searched."""

    def __init__(self, index: Any) -> None:
        """Take a faiss.IndexIDMap2; use `open_index` to get one."""
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: FloatArray, k: int, among: Ids | None = None) -> list[tuple[int, float]]:
        """Return up to k (id, cosine) pairs, best first; `among` limits the search to these ids.

        `vector` has shape (dim,) and unit length. Exact.
        """
        import faiss

        k = min(k, len(self))
        if k < 1:
            return []
        parameters = None
        if among is not None:
            selector = faiss.IDSelectorBatch(np.ascontiguousarray(among, np.int64))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # faiss adds it at import
        scores, ids = self._index.search(vector[np.newaxis, :].astype(np.float32), k, params=parameters)
        # FAISS fills up with id -1 where it has too few.
        return [(int(id_), float(score)) for id_, score in zip(ids[0], scores[0], strict=True) if id_ >= 0]

    def blocks(self, rows: int = 65536) -> Iterator[tuple[Ids, FloatArray]]:
        """Yield all ids (n,) and vectors (n, dim) in blocks, by ascending id."""
        import faiss

        ids = faiss.vector_to_array(self._index.id_map)
        for start in range(0, len(ids), rows):
            some = ids[start : start + rows]
            yield some, np.asarray(self._index.index.reconstruct_n(start, len(some)), dtype=np.float32)

    def vector(self, image: int) -> FloatArray:
        """Return one picture's embedding (dim,); raises KeyError if it is not in the index."""
        try:
            return np.asarray(self._index.reconstruct(image), dtype=np.float32)
        except RuntimeError as error:
            raise KeyError(image) from error


def index_path(store: Store, model: StoredModel) -> Path | None:
    """Return where a model's FAISS file stands; None for a library in memory."""
    return store.folder / f"model-{model.id}.faiss" if store.folder else None


def open_index(store: Store, model: StoredModel) -> FaissIndex:
    """Return the index of a model's embeddings, from its file if that is sound and current, else rebuilt."""
    loaded = _load(store, model)
    return FaissIndex(loaded if loaded is not None else _rebuild(store, model))


def refresh(store: Store, model: StoredModel) -> None:
    """Bring a model's FAISS file up to date; one of the right generation and size is not read."""
    path, row = index_path(store, model), _record(store, model)
    if path is None or row is None or not os.path.exists(path) or path.stat().st_size != row[1]:
        open_index(store, model)


def current_generation(store: Store, model: StoredModel) -> int:
    """Return the generation of a model's embeddings now; raises ModelMismatch if the model is gone."""
    row = store.db.execute("SELECT generation FROM models WHERE id = ?", [model.id]).fetchone()
    if row is None:
        raise ModelMismatch("The library has changed its model meanwhile; run the same command again.")
    return int(row[0])


def _load(store: Store, model: StoredModel) -> Any | None:
    """Return the index from its file, or None if that is missing, stale or damaged."""
    path = index_path(store, model)
    row = _record(store, model)
    if path is None or row is None:
        return None
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if (len(content), zlib.crc32(content)) != (row[1], row[2]):
        return None
    import faiss

    with contextlib.suppress(RuntimeError):  # what faiss raises on a file that it can't read
        index = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
        if index.ntotal == row[0] and index.d == model.dim:
            return index
    return None


def _record(store: Store, model: StoredModel) -> tuple[int, int, int] | None:
    """Return (rows, bytes, CRC-32) of the current FAISS file as the store remembers it, None if it is stale."""
    row: tuple[int, int, int] | None = store.db.execute(
        "SELECT f.rows, f.bytes, f.crc32 FROM faiss_files f JOIN models m ON m.id = f.model"
        " WHERE f.model = ? AND f.generation = m.generation",
        [model.id],
    ).fetchone()
    return row


def _rebuild(store: Store, model: StoredModel) -> Any:
    """Build the index from the store, and keep it in its file."""
    import faiss

    flat = faiss.IndexScalarQuantizer(model.dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index = faiss.IndexIDMap2(flat)
    with _snapshot(store):
        generation = current_generation(store, model)
        for ids, vectors in embeddings(store, model):
            index.add_with_ids(vectors, ids)
    with contextlib.suppress(OSError, sqlite3.OperationalError):
        # A read-only or full library can still be searched; the next command builds the index again.
        _save(store, model, generation, index)
    return index


@contextlib.contextmanager
def _snapshot(store: Store) -> Iterator[None]:
    """Read one state of the database, even while an indexer writes."""
    store.db.execute("BEGIN")
    try:
        yield
    finally:
        store.db.execute("ROLLBACK")


def _save(store: Store, model: StoredModel, generation: int, index: Any) -> None:
    """Write the index to its file atomically, then write down in the store what it should look like."""
    path = index_path(store, model)
    if path is None or store.read_only:
        return
    import faiss

    content = faiss.serialize_index(index).tobytes()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    store.db.execute(
        "INSERT OR REPLACE INTO faiss_files (model, generation, rows, bytes, crc32) VALUES (?, ?, ?, ?, ?)",
        [model.id, generation, index.ntotal, len(content), zlib.crc32(content)],
    )
    for other in path.parent.glob("model-*.faiss*"):
        if other != path:  # of models that are gone, or left by a crash
            other.unlink(missing_ok=True)
