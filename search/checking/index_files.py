"""Whether a large library's index file is as it was written, and holds the embeddings that it should."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from indexer.arrays import Ids
from indexer.store.embeddings import embeddings_of
from indexer.store.models import StoredModel
from indexer.store.store import Store
from search.checking.findings import Problem, Problems
from search.index.building import rebuild
from search.index.checksums import written_file
from search.index.compressed import CompressedIndex
from search.index.due import is_due
from search.index.files import IndexFile, changed_images, index_file, snapshot

QUERIES = 64  # embeddings that must find themselves
LEAST_FOUND = 0.9
DONE = "It was built anew."


def index_problems(store: Store, model: StoredModel) -> Problems:
    """Yield what is wrong with a model's file: its bytes, the ids in it, and whether embeddings find themselves."""
    row = store.db.execute("SELECT name FROM index_files WHERE model = ?", [model.id]).fetchone()
    if row is None or row[0] is None or store.folder is None:
        return
    written, file = written_file(store, model), index_file(store, model)
    if written is None or file is None:
        yield Problem("index", "What is stored of the index file is damaged.", DONE, _rebuilds(store, model))
    elif not written.is_intact:
        what = "The index file is damaged." if written.path.exists() else "The index file is gone."
        yield Problem("index", what, DONE, _rebuilds(store, model), written.path)
    elif wrong := _what_is_wrong(store, model, file):
        yield Problem("index", wrong, DONE, _rebuilds(store, model), written.path)
    elif is_due(store, model):
        yield Problem(
            "index", "The index file is behind; the next clipsearch index brings it up to date.", is_note=True
        )


def _what_is_wrong(store: Store, model: StoredModel, file: IndexFile) -> str:
    try:
        index = CompressedIndex.opened(file.path)
    except (RuntimeError, OSError) as error:
        return f"The index file can't be opened ({type(error).__name__})."
    if index.dim != model.dim or len(index) != file.rows:
        return "The index file is of another library."
    with snapshot(store):
        changed = np.array(changed_images(store, model), dtype=np.int64)
        stored = _stored_ids(store, model)
        if not np.array_equal(np.setdiff1d(index.ids(), changed), np.setdiff1d(stored, changed)):
            return "The index file holds other pictures than the library."
        unchanged = np.setdiff1d(stored, changed)
        chosen = unchanged[:: max(1, len(unchanged) // QUERIES)][:QUERIES]
        ids, vectors = embeddings_of(store, model, chosen)
    effort = file.state.effort
    if not len(ids):
        return ""
    near = index.candidates(vectors, effort.depth, effort.probes)
    found = float((near == ids[:, np.newaxis]).any(axis=1).mean())
    return "" if found >= LEAST_FOUND else f"The index file finds {found:.0%} of the pictures by themselves."


def _stored_ids(store: Store, model: StoredModel) -> Ids:
    rows = store.db.execute("SELECT image FROM embeddings WHERE model = ? AND typeof(image) = 'integer'", [model.id])
    return np.sort(np.fromiter((row[0] for row in rows), dtype=np.int64))


def _rebuilds(store: Store, model: StoredModel) -> Callable[[], None]:
    return lambda: rebuild(store, model)
