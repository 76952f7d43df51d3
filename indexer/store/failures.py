"""Files that can't be indexed, stored with their signature so that they are not tried again until it changes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import FolderError
from indexer.files.found import FoundFile
from indexer.files.mounts import file_is_gone
from indexer.paths import from_columns, inside, readable, to_columns
from indexer.spelling import FINDS_EITHER, composed, spelled_as_known
from indexer.store.roots import AT_PATH, Root, path_key, root_paths, roots
from indexer.store.store import Store, now


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A file that can't be indexed."""

    path: Path  # absolute
    reason: str
    failed_at: str  # ISO 8601, UTC
    size: int  # bytes


def remember_failure(store: Store, root: Root, file: FoundFile, reason: str) -> None:
    """Store that a file can't be indexed as it is now."""
    with store.writing():
        forget_failure(store, root, file.path)
        store.db.execute(
            "INSERT INTO failures (root, path, path_bytes, size, mtime_ns, ctime_ns, reason, failed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [root.id, *to_columns(file.path), *file[1:], reason, now()],
        )


def forget_failure(store: Store, root: Root, path: str) -> None:
    """Forget the failure of the file at a path relative to a root, if there is one."""
    store.db.execute(f"DELETE FROM failures WHERE {AT_PATH}", [root.id, path_key(path)])


def failed_signatures(store: Store, root: Root) -> dict[str, FoundFile]:
    """Return the files of a root that can't be indexed as they were then, by relative path."""
    rows = store.db.execute("SELECT path, path_bytes, size, mtime_ns, ctime_ns FROM failures WHERE root = ?", [root.id])
    files = (FoundFile(from_columns(path, raw), *signature) for path, raw, *signature in rows)
    return {file.path: file for file in files}


def count_failures(store: Store, root: Root) -> int:
    """Return how many files of a root can't be indexed."""
    return int(store.db.execute("SELECT count(*) FROM failures WHERE root = ?", [root.id]).fetchone()[0])


def drop_gone_failures(store: Store, root: Root, paths: Iterable[str]) -> None:
    """Forget the failures of files that a scan did not find, but keep those of files that are only out of reach."""
    gone = [path for path in paths if os.path.lexists(root.path / path) or file_is_gone(root.path, path)]
    if gone:
        with store.writing():
            for path in gone:
                forget_failure(store, root, path)


def known_failures(store: Store, folder: Path | None = None) -> list[KnownFailure]:
    """Return all failures, or those below an absolute folder, sorted by path.

    Raises FolderError for a folder that is neither in a root nor around one.
    """
    folders = root_paths(store)
    if folder is not None:
        folder = spelled_as_known(folder, folders.values())
    if folder is not None and not any(_overlap(str(folder), str(path)) for path in folders.values()):
        raise FolderError(f"No folder of the library is {readable(folder)} or around it; check the name.")
    rows = store.db.execute("SELECT root, path, path_bytes, reason, failed_at, size FROM failures")
    failures = (KnownFailure(folders[row[0]] / from_columns(row[1], row[2]), *row[3:]) for row in rows)
    ordered = sorted(failures, key=lambda failure: failure.path)
    if folder is None:
        return ordered
    exact = [failure for failure in ordered if inside(str(failure.path), str(folder)) is not None]
    alike = (failure for failure in ordered if inside(composed(str(failure.path)), composed(str(folder))) is not None)
    return exact or ([] if os.path.lexists(folder) and not FINDS_EITHER else list(alike))


def _overlap(folder: str, other: str) -> bool:
    """Return whether two folders are the same, or one is inside the other."""
    return inside(folder, other) is not None or inside(other, folder) is not None


def forget_failures(store: Store, failures: Sequence[KnownFailure]) -> int:
    """Forget failures, so that the next run tries the files again; return how many."""
    with store.writing():
        for root in roots(store):
            for failure in failures:
                if below := inside(str(failure.path), str(root.path)):
                    forget_failure(store, root, below)
    return len(failures)
