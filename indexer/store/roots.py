"""The roots in the store: the folders whose pictures are in the library, how they cover each other, and their moves.

Picture paths are relative to a root, so that a root can move. No root is inside another, but for one that was out of
reach when the other came. Who writes here holds the library's lock (indexer/store/lock.py).
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from indexer.errors import FolderError, InvalidRequest
from indexer.files.ignore import ScanRules
from indexer.files.mounts import existing_folder, holds_something
from indexer.paths import absolute, from_columns, inside, readable, to_columns
from indexer.store.store import Store, now


@dataclass(frozen=True, slots=True)
class Root:
    """A folder whose pictures are in the library."""

    id: int
    path: Path
    indexed_at: str | None  # when a run last finished, UTC
    rules: ScanRules = field(default_factory=ScanRules)  # what it leaves out and takes in


def roots(store: Store) -> list[Root]:
    """Return the roots, oldest first."""
    rows = store.db.execute(
        "SELECT id, path, path_bytes, indexed_at, exclude, include_hidden, follow_links FROM roots ORDER BY id"
    )
    return [
        Root(
            row[0],
            Path(from_columns(row[1], row[2])),
            row[3],
            ScanRules(tuple(json.loads(row[4])), bool(row[5]), bool(row[6])),
        )
        for row in rows
    ]


def set_rules(store: Store, root: Root, rules: ScanRules) -> Root:
    """Write down what a root leaves out and takes in from now on, and return it as it then is."""
    store.db.execute(
        "UPDATE roots SET exclude = ?, include_hidden = ?, follow_links = ? WHERE id = ?",
        [json.dumps(rules.exclude), rules.include_hidden, rules.follow_links, root.id],
    )
    return replace(root, rules=rules)


def count_by_root(store: Store) -> dict[int, int]:
    """Return the number of pictures of each root that has any, by root id."""
    return {row[0]: row[1] for row in store.db.execute("SELECT root, count(*) FROM images GROUP BY root")}


def root_at(store: Store, folder: Path) -> Root | None:
    """Return the root that a person means by a path: by its own name, which may be a link by now, or resolved."""
    known = {root.path: root for root in roots(store)}
    typed = Path(os.path.abspath(folder))
    names = (typed, absolute(typed.parent) / typed.name, absolute(folder))
    return next((known[name] for name in names if name in known), None)


def named_root(store: Store, folder: Path, advice: Callable[[Root, str], str]) -> Root:
    """Return the root that a person means, or raise FolderError; `advice` is for a path inside a root."""
    root = root_at(store, folder)
    if root is not None:
        return root
    around = covering_root(roots(store), absolute(folder))
    if around is not None:
        raise FolderError(f"{readable(folder)} is inside the root {readable(around[0].path)}; {advice(*around)}")
    raise FolderError(f"{readable(folder)} is no root of this library; see: clipsearch roots list")


def how_to_leave_out(root: Root, below: str) -> str:
    """Say how to leave out a path inside a root, besides what it leaves out already."""
    escaped = re.sub(r"([\\*?\[])", r"\\\1", below)
    patterns = [f"--exclude {shlex.quote(readable(one))}" for one in (*root.rules.exclude, f"/{escaped}")]
    return f"to leave it out, run: clipsearch index {quoted(root.path)} {' '.join(patterns)}"


def add_root(store: Store, folder: Path, change: Callable[[ScanRules], ScanRules] | None = None) -> tuple[Root, str]:
    """Make an existing folder known without indexing it, and return as `claim_root` does; `change` is for its rules.

    Raises FolderError if there is no such folder, InvalidRequest for rules of a folder inside a root.
    """
    place = existing_folder(folder)
    known = root_at(store, folder)
    with store.writing():
        root, below = claim_root(store, known.path if known else place)
        if change is None:
            return root, below
        if below:
            raise InvalidRequest(
                f"{readable(folder)} is inside the root {readable(root.path)}, and what is left out is set for a whole"
                f" root; name it: clipsearch roots add {quoted(root.path)}"
            )
        return set_rules(store, root, change(root.rules)), below


def claim_root(store: Store, folder: Path) -> tuple[Root, str]:
    """Return the root that covers an absolute folder, and the folder relative to it ("" if it is the root).

    A folder inside a known root belongs to that root. A root takes over the known roots inside it: their
    pictures keep their ids and embeddings. One that is empty or gone (not mounted, perhaps) is left as it is.
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
    covering = [(root, inside(str(folder), str(root.path))) for root in among]
    found = [(root, below) for root, below in covering if below is not None]
    return max(found, key=lambda pair: len(pair[1]), default=None)


def _insert_root(store: Store, folder: Path) -> Root:
    """Insert a root."""
    name, name_bytes = to_columns(str(folder))
    cursor = store.db.execute(
        "INSERT INTO roots (path, path_bytes, added_at) VALUES (?, ?, ?)", [name, name_bytes, now()]
    )
    return Root(int(cursor.lastrowid or 0), folder, None)


def quoted(path: Path) -> str:
    """Return a path for a command line."""
    return shlex.quote(readable(path))


def remove_root(store: Store, folder: Path) -> int | None:
    """Remove the root at this very path with its pictures, and return how many; None if it is no root."""
    with store.writing():
        for root in roots(store):
            if root.path == folder:
                pictures = count_by_root(store).get(root.id, 0)
                store.db.execute("DELETE FROM roots WHERE id = ?", [root.id])
                return pictures
    return None


def hand_over(store: Store, source: Root, target: Root, below: str, *, source_wins: bool = True) -> int:
    """Hand a root's pictures and failures to another root and remove it; return how many pictures gave way.

    `below` is the source relative to the target. Of a file that both know, the winner's rows stay.
    """
    gave_way = _hand_over_rows(store, "images", source, target, below, source_wins)
    _hand_over_rows(store, "failures", source, target, below, source_wins)
    store.db.execute(
        "DELETE FROM failures WHERE root = ? AND EXISTS (SELECT 1 FROM images WHERE images.root = failures.root AND"
        " ifnull(images.path_bytes, images.path) = ifnull(failures.path_bytes, failures.path))",
        [target.id],
    )
    store.db.execute("DELETE FROM roots WHERE id = ?", [source.id])
    return gave_way


def _hand_over_rows(store: Store, table: str, source: Root, target: Root, below: str, source_wins: bool) -> int:
    """Hand the rows of one table over, and return how many were dropped because the other root has their file."""
    rows = store.db.execute(f"SELECT id, path, path_bytes FROM {table} WHERE root = ?", [source.id]).fetchall()
    prefix = f"{below}/" if below else ""
    moving = {row[0]: to_columns(prefix + from_columns(row[1], row[2])) for row in rows}
    there = store.db.execute(f"SELECT id, ifnull(path_bytes, path) FROM {table} WHERE root = ?", [target.id]).fetchall()
    if source_wins:
        keys = {_key(*columns) for columns in moving.values()}
        dropped = [row for row, key in there if key in keys]
    else:
        keys = {key for _, key in there}
        dropped = [row for row, columns in moving.items() if _key(*columns) in keys]
    store.db.conn.executemany(f"DELETE FROM {table} WHERE id = ?", [(row,) for row in dropped])
    store.db.conn.executemany(
        f"UPDATE {table} SET root = ?, path = ?, path_bytes = ? WHERE id = ?",
        [(target.id, *columns, row) for row, columns in moving.items()],
    )
    return len(dropped)


def _key(path: str, path_bytes: bytes | None) -> str | bytes:
    """Return what identifies a file within its root."""
    return path if path_bytes is None else path_bytes


def mark_indexed(store: Store, root: Root, up_to_date: bytes | None) -> None:
    """Write down that a run over the root has finished, and the hash of its files if it left nothing to do."""
    store.db.execute("UPDATE roots SET indexed_at = ?, up_to_date = ? WHERE id = ?", [now(), up_to_date, root.id])
