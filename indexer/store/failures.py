"""Files that can't be indexed, remembered with their signature so that they are not tried again until it changes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import FolderError
from indexer.files.found import FoundFile
from indexer.files.mounts import file_is_gone
from indexer.paths import from_columns, inside, readable, to_columns
from indexer.store.roots import Root, roots
from indexer.store.store import Store, now


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A file that can't be indexed."""

    path: Path  # absolute
    reason: str
    failed_at: str  # ISO 8601, UTC
    size: int  # bytes


def remember_failure(store: Store, root: Root, file: FoundFile, reason: str) -> None:
    """Write down that a file can't be indexed as it is now."""
    name, raw = to_columns(file.path)
    with store.writing():
        forget_failure(store, root, file.path)
        store.db.execute(
            "INSERT INTO failures (root, path, path_bytes, size, mtime_ns, reason, failed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [root.id, name, raw, file.size, file.mtime_ns, reason, now()],
        )


def forget_failure(store: Store, root: Root, path: str) -> None:
    """Forget what was wrong with the file at a path relative to a root, if anything."""
    name, raw = to_columns(path)
    store.db.execute(
        "DELETE FROM failures WHERE root = ? AND ifnull(path_bytes, path) = ?", [root.id, name if raw is None else raw]
    )


def failed_signatures(store: Store, root: Root) -> dict[str, tuple[int, int]]:
    """Return (size, mtime_ns) of the files of a root that can't be indexed, by relative path."""
    rows = store.db.execute("SELECT path, path_bytes, size, mtime_ns FROM failures WHERE root = ?", [root.id])
    return {from_columns(row[0], row[1]): (row[2], row[3]) for row in rows}


def count_failures(store: Store, root: Root) -> int:
    """Return how many files of a root can't be indexed."""
    return int(store.db.execute("SELECT count(*) FROM failures WHERE root = ?", [root.id]).fetchone()[0])


def drop_gone_failures(store: Store, root: Root, paths: Iterable[str]) -> None:
    """Forget failures of files that a scan did not meet; one that is only out of reach is kept."""
    gone = [path for path in paths if os.path.lexists(root.path / path) or file_is_gone(root.path, path)]
    if gone:
        with store.writing():
            for path in gone:
                forget_failure(store, root, path)


def known_failures(store: Store, folder: Path | None = None) -> list[KnownFailure]:
    """Return all failures, or those below an absolute folder, by path.

    Raises FolderError for a folder that has nothing to do with any root.
    """
    folders = {root.id: root.path for root in roots(store)}
    if folder is not None and not any(_overlap(str(folder), str(path)) for path in folders.values()):
        raise FolderError(f"No folder of the library is {readable(folder)} or around it; check the name.")
    rows = store.db.execute("SELECT root, path, path_bytes, reason, failed_at, size FROM failures")
    found = (KnownFailure(folders[row[0]] / from_columns(row[1], row[2]), *row[3:]) for row in rows)
    return sorted(
        (one for one in found if folder is None or inside(str(one.path), str(folder)) is not None),
        key=lambda one: one.path,
    )


def _overlap(one: str, other: str) -> bool:
    """Return whether one folder is the other or inside it."""
    return inside(one, other) is not None or inside(other, one) is not None


def forget_failures(store: Store, failures: Iterable[KnownFailure]) -> int:
    """Forget failures, so that the next run tries the files again; return how many."""
    by_path = {root.path: root for root in roots(store)}
    count = 0
    with store.writing():
        for one in failures:
            for folder, root in by_path.items():
                below = inside(str(one.path), str(folder))
                if below:
                    forget_failure(store, root, below)
            count += 1
    return count
