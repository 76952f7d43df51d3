"""A look into a library while a command line is being completed: at once or not at all, and nothing is written.

Whoever presses TAB does not want a library migrated, repaired or waited for, and it may be anyone's. So what is read
here is bounded in rows, size and time, and what is not as it should be is left out.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.paths import from_columns
from indexer.store.connection import connect_to_glance
from indexer.store.database import Database
from indexer.store.store import DATABASE_NAME

SECONDS = 0.3  # that the database may take
MOST_ROWS = 500
LONGEST = 500_000  # characters of the classes of a set; those of ImageNet are 60,000


@contextlib.contextmanager
def glancing(library: Path) -> Iterator[Database]:
    """Open a library's database for a look; raises sqlite3.Error or LibraryError if that can't be done at once."""
    with contextlib.closing(connect_to_glance(library / DATABASE_NAME, SECONDS)) as db:
        yield db


def set_names(db: Database) -> list[tuple[str, int]]:
    """Return the name of each label set and how many classes it has, newest first."""
    return [(name, len(classes)) for name, classes in classes_by_set(db)]


def classes_by_set(db: Database) -> list[tuple[str, list[str]]]:
    """Return the name and the classes of each label set, newest first."""
    rows = db.execute(
        f"SELECT name, classes FROM label_sets WHERE length(classes) < {LONGEST} ORDER BY id DESC LIMIT {MOST_ROWS}"
    )
    return [(str(name), _names_in(classes)) for name, classes in rows]


def _names_in(classes: Any) -> list[str]:
    """Return the names of the classes in what is stored of a set."""
    try:
        return [str(class_["name"]) for class_ in json.loads(classes)]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []


def root_paths(db: Database) -> list[str]:
    """Return the folders of the roots, newest first."""
    rows = db.execute(f"SELECT path, path_bytes FROM roots ORDER BY id DESC LIMIT {MOST_ROWS}")
    return [from_columns(path, raw) for path, raw in rows]


def model_names(db: Database) -> list[str]:
    """Return the names of the models that have embeddings, the active one first."""
    rows = db.execute(f"SELECT name FROM models ORDER BY active DESC, id DESC LIMIT {MOST_ROWS}")
    return [str(name) for (name,) in rows]
