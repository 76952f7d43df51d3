"""What can't be indexed: bad files, with their signature, which are not tried again until it changes, and the rest.

The rest is what a later run may do better: files and folders without permission, broken links, patterns that make no
sense. It is stored too, so that what a run counts can be looked up, and each run tries it again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.decoding.limits import TOO_LARGE, is_allowed_now
from indexer.errors import FolderError
from indexer.files.found import FoundFile
from indexer.files.mounts import file_is_gone
from indexer.installation import is_there_now, needs_extra
from indexer.paths import from_columns, inside, readable, to_columns
from indexer.spelling import FINDS_EITHER, composed, spelled_as_known
from indexer.store.roots import AT_PATH, Root, path_key, root_paths, roots
from indexer.store.soundness import READABLE
from indexer.store.store import Store, now


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A file that can't be indexed, or a folder that can't be read."""

    path: Path  # absolute
    reason: str
    failed_at: str  # ISO 8601, UTC
    size: int  # bytes; 0 for what is no file
    lasting: bool  # the file itself is bad; else each run tries again


def remember_failure(store: Store, root: Root, file: FoundFile, reason: str, *, lasting: bool = True) -> None:
    """Store that a file can't be indexed, as it is now if the failure is `lasting`, else in this run."""
    with store.writing():
        forget_failure(store, root, file.path)
        store.db.execute(
            "INSERT INTO failures (root, path, path_bytes, size, mtime_ns, ctime_ns, reason, failed_at, lasting)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [root.id, *to_columns(file.path), *file[1:], reason, now(), lasting],
        )


def remember_problems(store: Store, root: Root, problems: Mapping[str, str], is_settled: Callable[[str], bool]) -> None:
    """Store what a scan had to leave out, by relative path, and forget what is no problem any more.

    `is_settled` says of a path without a problem whether the scan has seen that, and no decoder is still to try it.
    """
    rows = store.db.execute(
        f"SELECT path, path_bytes, reason FROM failures WHERE root = ? AND NOT lasting AND {READABLE}", [root.id]
    )
    known = {from_columns(row[0], row[1]): row[2] for row in rows}
    settled = [path for path in known if path not in problems and is_settled(path)]
    new = {path: reason for path, reason in problems.items() if known.get(path) != reason}
    if settled or new:
        with store.writing():
            for path in settled:
                forget_failure(store, root, path)
            for path, reason in new.items():
                remember_failure(store, root, FoundFile(path, 0, 0), reason, lasting=False)


def forget_failure(store: Store, root: Root, path: str) -> None:
    """Forget the failure of the file at a path relative to a root, if there is one."""
    store.db.execute(f"DELETE FROM failures WHERE {AT_PATH}", [root.id, path_key(path)])


def failed_signatures(store: Store, root: Root) -> dict[str, FoundFile]:
    """Return the bad files of a root as they were then, by relative path.

    Without those that lacked an extra which is installed by now, or were larger than the limit of then: they are to be
    tried again.
    """
    columns = "reason, path, path_bytes, size, mtime_ns, ctime_ns"
    sql = f"SELECT {columns} FROM failures WHERE root = ? AND lasting AND typeof(reason) = 'text' AND {READABLE}"
    rows = store.db.execute(sql, [root.id])
    files = (FoundFile(from_columns(*row[1:3]), *row[3:]) for row in rows if not _is_outdated(row[0]))
    return {file.path: file for file in files}


def count_failures(store: Store, root: Root) -> int:
    """Return how many bad files a root has."""
    sql = "SELECT count(*) FROM failures WHERE root = ? AND lasting"
    return int(store.db.execute(sql, [root.id]).fetchone()[0])


def may_be_read_now(store: Store, root: Root) -> bool:
    """Return whether a file of a root lacked an extra that is installed by now, or was larger than the limit then."""
    sql = "SELECT DISTINCT ifnull(reason, '') || '' FROM failures WHERE root = ? AND (reason LIKE ? OR reason LIKE ?)"
    rows = store.db.execute(sql, [root.id, f"%{needs_extra('%')}", f"{TOO_LARGE}%"])
    return any(_is_outdated(reason) for (reason,) in rows)


def _is_outdated(reason: str) -> bool:
    return is_there_now(reason) or is_allowed_now(reason)


def drop_gone_failures(store: Store, root: Root, paths: Iterable[str]) -> None:
    """Forget the failures of files that a scan did not find, but keep those of files that are only out of reach."""
    gone = [path for path in paths if os.path.lexists(root.path / path) or file_is_gone(root.path, path)]
    if gone:
        with store.writing():
            for path in gone:
                forget_failure(store, root, path)


def known_failures(store: Store, *below: Path) -> list[KnownFailure]:
    """Return all failures, or those below absolute folders, sorted by path.

    Raises FolderError for a folder that is neither in a root nor around one.
    """
    folders = root_paths(store)
    spelled = [spelled_as_known(folder, folders.values()) for folder in below]
    for folder in spelled:
        if not any(_overlap(str(folder), str(path)) for path in folders.values()):
            raise FolderError(f"No folder of the library is {readable(folder)} or around it; check the name.")
    sound = f"{READABLE} AND typeof(reason) = 'text' AND typeof(failed_at) = 'text'"
    rows = store.db.execute(
        f"SELECT root, path, path_bytes, reason, failed_at, size, lasting FROM failures WHERE {sound}"
    )
    failures = (
        KnownFailure(folders[root] / from_columns(path, raw), reason, failed_at, size, bool(lasting))
        for root, path, raw, reason, failed_at, size, lasting in rows
        if root in folders
    )
    ordered = sorted(failures, key=lambda failure: failure.path)
    wanted = {failure.path for folder in spelled for failure in _below(folder, ordered)}
    return [failure for failure in ordered if not below or failure.path in wanted]


def _below(folder: Path, failures: Sequence[KnownFailure]) -> list[KnownFailure]:
    """Return the failures below a folder, of which another spelling may be meant if it is not there."""
    exact = [failure for failure in failures if inside(str(failure.path), str(folder)) is not None]
    if exact or (os.path.lexists(folder) and not FINDS_EITHER):
        return exact
    return [failure for failure in failures if inside(composed(str(failure.path)), composed(str(folder))) is not None]


def _overlap(folder: str, other: str) -> bool:
    """Return whether two folders are the same, or one is inside the other."""
    return inside(folder, other) is not None or inside(other, folder) is not None


def forget_failures(store: Store, failures: Sequence[KnownFailure]) -> int:
    """Forget failures, so that the next run tries the files again; return how many."""
    with store.writing():
        for root in roots(store):
            for failure in failures:
                below = inside(str(failure.path), str(root.path))
                if below is not None:
                    forget_failure(store, root, below)
    return len(failures)
