"""A token of a library's content: it changes whenever its pictures, labels, folders or model do."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from indexer.store.store import DATABASE_NAME

if TYPE_CHECKING:
    from search.library.library import Library

# Small tables alone, so that it costs nothing to ask again and again.
PARTS = (
    "SELECT id, fingerprint, generation, temperature FROM models",
    "SELECT id, path, indexed_at FROM roots",
    "SELECT id, name, recipe, labelled_at, draft, threshold FROM label_sets",
    "SELECT max(id) FROM corrections",
)


def state_of(library: Library) -> str:
    """Return the token of the library as it is now."""
    tables = {row[0] for row in library.store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    parts = [library.store.db.execute(sql).fetchall() for sql in PARTS if sql.rpartition(" ")[2] in tables]
    if library.store.folder is not None:
        status = (library.store.folder / DATABASE_NAME).stat()
        parts.append([(status.st_dev, status.st_ino)])
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()[:24]
