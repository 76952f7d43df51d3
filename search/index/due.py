"""Whether a library's index file needs work; asked on every run, so nothing heavy is imported here."""

from __future__ import annotations

from indexer.store.models import StoredModel
from indexer.store.store import Store
from search.index.checksums import written_file

EXACT_ROWS = 20_000  # up to so many embeddings all are read, which takes no longer than loading FAISS
MANY_CHANGES = 4_000  # since the file was made; a query reads so many besides it in some milliseconds


def count_embeddings(store: Store, model: StoredModel) -> int:
    """Return how many pictures a model has embedded."""
    row = store.db.execute("SELECT count(*) FROM embeddings WHERE model = ?", [model.id]).fetchone()
    return int(row[0])


def count_changes(store: Store, model: StoredModel) -> int:
    """Return how many embeddings were added, changed or removed since the file was made."""
    row = store.db.execute("SELECT count(*) FROM index_changes WHERE model = ?", [model.id]).fetchone()
    return int(row[0])


def is_due(store: Store, model: StoredModel) -> bool:
    """Return whether the file is missing, damaged or behind, or a library that has become small no longer needs it."""
    if store.folder is None or store.read_only:
        return False
    row = store.db.execute("SELECT name FROM index_files WHERE model = ?", [model.id]).fetchone()
    has_file = row is not None and row[0] is not None
    rows = count_embeddings(store, model)
    if rows <= EXACT_ROWS:
        return has_file and 2 * rows <= EXACT_ROWS
    if not has_file or count_changes(store, model) > MANY_CHANGES:
        return True
    file = written_file(store, model)
    return file is None or not file.is_intact
