"""The roots in the store: the folders whose pictures are in the library, and how they cover each other.

Picture paths are relative to a root, so that a root can move.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from indexer.paths import from_columns, inside, to_columns
from indexer.store import Store, now


@dataclass(frozen=True, slots=True)
class Root:
    """A folder whose pictures are in the library."""

    id: int
    path: Path
    indexed_at: str | None  # when a run last finished, UTC


def roots(store: Store) -> list[Root]:
    """Return the roots, oldest first."""
    rows = store.db.execute("SELECT id, path, path_bytes, indexed_at FROM roots ORDER BY id")
    return [Root(row[0], Path(from_columns(row[1], row[2])), row[3]) for row in rows]


def count_by_root(store: Store) -> dict[int, int]:
    """Return the number of pictures of each root that has any, by root id."""
    return {row[0]: row[1] for row in store.db.execute("SELECT root, count(*) FROM images GROUP BY root")}


def claim_root(store: Store, folder: Path) -> tuple[Root, str]:
    """Return the root that covers an absolute folder, and the folder relative to it ("" if it is the root).

    A folder inside a known root belongs to that root. A root takes over the known roots inside it: their
    pictures keep their ids and embeddings. One that is empty or gone (not mounted, perhaps) is left as it is.
    """
    with store.writing():
        root, below = _covering_root(store, folder) or (_add_root(store, folder), "")
        for other in roots(store):
            inner = inside(str(other.path), str(root.path))
            if inner and holds_something(other.path):
                _move_pictures(store, other, root, inner)
    return root, below


def _covering_root(store: Store, folder: Path) -> tuple[Root, str] | None:
    """Return the outermost known root around a folder, and the folder relative to it."""
    covering = [(root, inside(str(folder), str(root.path))) for root in roots(store)]
    found = [(root, below) for root, below in covering if below is not None]
    return max(found, key=lambda pair: len(pair[1]), default=None)


def _add_root(store: Store, folder: Path) -> Root:
    """Insert a root."""
    name, name_bytes = to_columns(str(folder))
    cursor = store.db.execute(
        "INSERT INTO roots (path, path_bytes, added_at) VALUES (?, ?, ?)", [name, name_bytes, now()]
    )
    return Root(int(cursor.lastrowid or 0), folder, None)


def holds_something(folder: Path) -> bool:
    """Return whether a folder is there and has an entry."""
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def remove_root(store: Store, folder: Path) -> int | None:
    """Remove the root at this very path with its pictures, and return how many; None if it is no root."""
    for root in roots(store):
        if root.path == folder:
            pictures = count_by_root(store).get(root.id, 0)
            store.db.execute("DELETE FROM roots WHERE id = ?", [root.id])
            return pictures
    return None


def _move_pictures(store: Store, old: Root, new: Root, below: str) -> None:
    """Hand a root's pictures to a root above it; `below` is the old root relative to the new one."""
    rows = store.db.execute("SELECT id, path, path_bytes FROM images WHERE root = ?", [old.id]).fetchall()
    moved = [(new.id, *to_columns(f"{below}/{from_columns(path, raw)}"), image) for image, path, raw in rows]
    store.db.conn.executemany("UPDATE images SET root = ?, path = ?, path_bytes = ? WHERE id = ?", moved)
    store.db.execute("DELETE FROM roots WHERE id = ?", [old.id])


def mark_indexed(store: Store, root: Root) -> None:
    """Write down that a run over the root has finished."""
    store.db.execute("UPDATE roots SET indexed_at = ? WHERE id = ?", [now(), root.id])
