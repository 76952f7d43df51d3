"""What says whether pictures or labels have changed since something was made of them, whichever process wrote.

The table changes holds a random number for each, which triggers replace with every change (m024); roots and label sets
are few enough to be looked at themselves.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.store.store import Store

ROOTS = "SELECT id, path, path_bytes FROM roots ORDER BY id"
SETS = "SELECT id, name, classes, draft, recipe FROM label_sets ORDER BY id"
MODEL = "SELECT id, fingerprint, generation FROM models WHERE active = 1"


def pictures_state(store: Store) -> str:
    """Return a token of what the library knows of its pictures, besides embeddings and labels."""
    return _token("pictures", _changes(store, "pictures"), *store.db.execute(ROOTS))


def labels_state(store: Store) -> str:
    """Return a token of all labels and label sets."""
    return _token("labels", _changes(store, "labels"), *store.db.execute(SETS))


def library_state(store: Store) -> str:
    """Return a token of all that a page shows: pictures, the embeddings that answer, and labels."""
    return _token(pictures_state(store), labels_state(store), *store.db.execute(MODEL))


def _changes(store: Store, column: str) -> Any:
    """Return the number of a column; where someone has removed it, what else tells many changes."""
    row = None
    with contextlib.suppress(sqlite3.OperationalError):  # there is no such table any more
        row = store.db.execute(f"SELECT {column} FROM changes").fetchone()
    return row or store.db.execute("SELECT count(*), max(id), total(mtime_ns), total(size) FROM images").fetchone()


def _token(*parts: Any) -> str:
    """Return a short text that is the same for the same parts."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()
