"""Whether a library's index has something to be done to it; asked on every run, so nothing heavy is imported here."""

from __future__ import annotations

from indexer.store.models import StoredModel
from indexer.store.store import Store

EXACT_ROWS = 20_000  # up to so many all are read, which takes no longer than loading FAISS
MANY_CHANGES = 4_000  # since the file was made, which a query reads besides it in some milliseconds


def count_embeddings(store: Store, model: StoredModel) -> int:
    """Return how many pictures a model has embedded."""
    row = store.db.execute("SELECT count(*) FROM embeddings WHERE model = ?", [model.id]).fetchone()
    return int(row[0])


def count_changes(store: Store, model: StoredModel) -> int:
    """Return how many embeddings came, changed or went since the file was made."""
    row = store.db.execute("SELECT count(*) FROM index_changes WHERE model = ?", [model.id]).fetchone()
    return int(row[0])


def is_due(store: Store, model: StoredModel) -> bool:
    """Return whether the file is missing or behind, or there is one that a small library needs no more."""
    if store.folder is None or store.read_only:
        return False
    row = store.db.execute("SELECT name, bytes FROM index_files WHERE model = ?", [model.id]).fetchone()
    there = row is not None and row[0] is not None
    rows = count_embeddings(store, model)
    if rows <= EXACT_ROWS:
        return there and 2 * rows <= EXACT_ROWS
    if not there or count_changes(store, model) > MANY_CHANGES:
        return True
    path = store.folder / row[0]
    return not path.is_file() or path.stat().st_size != row[1]
