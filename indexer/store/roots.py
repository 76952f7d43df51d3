"""The roots in the store: the folders whose pictures are in the library, and which root covers which folder.

Picture paths are relative to a root, so that a root can move (moving_roots.py). No root is inside another, except one
that was out of reach when the outer one was added. Whoever writes here holds the library's lock (lock.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from indexer.damage import note_damage
from indexer.files.ignore import ScanRules
from indexer.files.mounts import holds_something
from indexer.paths import from_columns, inside, to_columns
from indexer.store.store import Store, now

PATH = "ifnull(path_bytes, path)"  # what identifies a file within its root, as it is indexed
AT_PATH = f"root = ? AND {PATH} = ?"  # for a root's id and a path_key


@dataclass(frozen=True, slots=True)
class Root:
    """A folder whose pictures are in the library."""

    id: int
    path: Path
    indexed_at: str | None  # when a run last finished, UTC
    rules: ScanRules = field(default_factory=ScanRules)  # what it leaves out and takes in


def path_key(path: str) -> str | bytes:
    """Return what identifies the file at a path within its root, as PATH does in SQL."""
    name, name_bytes = to_columns(path)
    return name if name_bytes is None else name_bytes


def roots(store: Store) -> list[Root]:
    """Return the roots, oldest first, without those whose row is damaged."""
    rows = store.db.execute(
        "SELECT id, path, path_bytes, indexed_at, exclude, include_hidden, follow_links FROM roots ORDER BY id"
    )
    return [root for row in rows if (root := _read_root(*row)) is not None]


def _read_root(id: int, path: Any, raw: Any, indexed_at: Any, exclude: Any, hidden: Any, links: Any) -> Root | None:
    """Return a root from its row; None, and noted, if it is damaged."""
    try:
        patterns = json.loads(exclude)
        folder = Path(from_columns(path, raw))
    except (TypeError, ValueError, RecursionError):
        patterns = None
    is_sound = isinstance(patterns, list) and all(type(pattern) is str for pattern in patterns)
    if not is_sound or not str(path) or "\0" in str(folder) or not (indexed_at is None or type(indexed_at) is str):
        note_damage("root", [id])
        return None
    return Root(id, folder, indexed_at, ScanRules(tuple(patterns), bool(hidden), bool(links)))


def root_paths(store: Store) -> dict[int, Path]:
    """Return the folders of the roots by root id, oldest first."""
    return {root.id: root.path for root in roots(store)}


def set_rules(store: Store, root: Root, rules: ScanRules) -> Root:
    """Store what a root leaves out and takes in from now on, and return the root with these rules."""
    store.db.execute(
        "UPDATE roots SET exclude = ?, include_hidden = ?, follow_links = ? WHERE id = ?",
        [json.dumps(rules.exclude), rules.include_hidden, rules.follow_links, root.id],
    )
    return replace(root, rules=rules)


def count_by_root(store: Store) -> dict[int, int]:
    """Return the number of pictures of each root that has any, by root id."""
    return {row[0]: row[1] for row in store.db.execute("SELECT root, count(*) FROM images GROUP BY root")}


def claim_root(store: Store, folder: Path) -> tuple[Root, str]:
    """Return the root that covers an absolute folder, and the folder relative to it ("" if it is the root).

    A folder inside a known root belongs to that root. A new root takes over the known roots inside it: their pictures
    keep their ids and embeddings. One that is empty or gone (it may not be mounted) is left as it is.
    """
    with store.writing():
        root, below = covering_root(roots(store), folder) or (_insert_root(store, folder), "")
        for other in roots(store):
            inner = inside(str(other.path), str(root.path))
            if inner and holds_something(other.path):
                hand_over(store, other, root, inner)
    return root, below


def covering_root(among: Iterable[Root], folder: Path) -> tuple[Root, str] | None:
    """Return the outermost root around a folder, and the folder relative to it."""
    return max(covering_roots(among, folder), key=lambda pair: len(pair[1]), default=None)


def covering_roots(among: Iterable[Root], folder: Path) -> list[tuple[Root, str]]:
    """Return the roots around a folder, each with the folder relative to it."""
    return [(root, below) for root in among if (below := inside(str(folder), str(root.path))) is not None]


def _insert_root(store: Store, folder: Path) -> Root:
    """Insert a root and return it."""
    name, name_bytes = to_columns(str(folder))
    cursor = store.db.execute(
        "INSERT INTO roots (path, path_bytes, added_at) VALUES (?, ?, ?)", [name, name_bytes, now()]
    )
    return Root(int(cursor.lastrowid or 0), folder, None)


def remove_root(store: Store, folder: Path) -> int | None:
    """Remove the root with exactly this path and its pictures, and return how many; None if it is not a root."""
    with store.writing():
        for root in roots(store):
            if root.path == folder:
                pictures = count_by_root(store).get(root.id, 0)
                store.db.execute("DELETE FROM roots WHERE id = ?", [root.id])
                return pictures
    return None


def hand_over(store: Store, source: Root, target: Root, below: str, *, source_wins: bool = True) -> int:
    """Give a root's pictures and failures to another root and remove it; return how many pictures that dropped.

    `below` is the source relative to the target. Of a file that both know, the winner's rows stay.
    """
    dropped = _hand_over_rows(store, "images", source, target, below, source_wins)
    _hand_over_rows(store, "failures", source, target, below, source_wins)
    store.db.execute(
        "DELETE FROM failures WHERE root = ? AND EXISTS (SELECT 1 FROM images WHERE images.root = failures.root AND"
        " ifnull(images.path_bytes, images.path) = ifnull(failures.path_bytes, failures.path))",
        [target.id],
    )
    store.db.execute("DELETE FROM roots WHERE id = ?", [source.id])
    return dropped


def _hand_over_rows(store: Store, table: str, source: Root, target: Root, below: str, source_wins: bool) -> int:
    """Give the rows of one table to another root, and return how many were dropped because both have their file."""
    rows = store.db.execute(f"SELECT id, path, path_bytes FROM {table} WHERE root = ?", [source.id]).fetchall()
    prefix = f"{below}/" if below else ""
    moving = {row[0]: prefix + from_columns(row[1], row[2]) for row in rows}
    keys = {id: path_key(path) for id, path in moving.items()}
    target_keys = dict(store.db.execute(f"SELECT id, {PATH} FROM {table} WHERE root = ?", [target.id]).fetchall())
    losers, winners = (target_keys, keys) if source_wins else (keys, target_keys)
    winning = set(winners.values())
    dropped = [(id,) for id, key in losers.items() if key in winning]
    store.db.conn.executemany(f"DELETE FROM {table} WHERE id = ?", dropped)
    store.db.conn.executemany(
        f"UPDATE {table} SET root = ?, path = ?, path_bytes = ? WHERE id = ?",
        [(target.id, *to_columns(path), id) for id, path in moving.items()],
    )
    return len(dropped)


def mark_indexed(store: Store, root: Root, up_to_date: bytes | None) -> None:
    """Store that a run over the root has finished, and the hash of its files if there is nothing left to do."""
    store.db.execute("UPDATE roots SET indexed_at = ?, up_to_date = ? WHERE id = ?", [now(), up_to_date, root.id])
