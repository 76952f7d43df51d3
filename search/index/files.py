"""The compressed index as a file beside the database, and what the store remembers of it.

Each state is a file of its own name, written whole and then named in the store in one transaction, so that no one
who searches ever sees half of one. SQLite is the truth: a file that is missing or unreadable is built again.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ModelMismatch
from indexer.files.whole import PART_PREFIX, written_whole
from indexer.store.models import StoredModel
from indexer.store.store import Store, now
from search.index.compressed import CompressedIndex
from search.index.recall import Reach

READ_AT_ONCE = 1 << 20
LEFT_SECONDS = 3600.0  # after which nobody can be about to name a file


@dataclass(frozen=True, slots=True)
class IndexState:
    """What is known of an index besides its codes."""

    generation: int  # of the embeddings in it
    trained_rows: int  # how many pictures there were when its lists were found
    imbalance: float  # of the lists then
    measured_rows: int  # how many there were when the recall was measured
    reach: Reach


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file as the store remembers it."""

    path: Path
    state: IndexState
    rows: int
    lists: int
    bytes: int
    crc32: int
    built_at: str


def current_generation(store: Store, model: StoredModel) -> int:
    """Return the generation of a model's embeddings now; raises ModelMismatch if the model is gone."""
    return current_state(store, model)[0]


def current_state(store: Store, model: StoredModel) -> tuple[int, str | None]:
    """Return the generation of a model's embeddings and the name of its file now; raises as `current_generation`."""
    row = store.db.execute(
        "SELECT generation, (SELECT name FROM index_files WHERE model = models.id) FROM models WHERE id = ?",
        [model.id],
    ).fetchone()
    if row is None:
        raise ModelMismatch("The library has changed its model meanwhile; run the same command again.")
    return int(row[0]), row[1]


def index_file(store: Store, model: StoredModel) -> IndexFile | None:
    """Return a model's file; None if there is none, as for a small library or one in memory."""
    row = store.db.execute(
        "SELECT generation, trained_rows, imbalance, measured_rows, probes, depth, recall,"
        " name, rows, lists, bytes, crc32, built_at FROM index_files WHERE model = ? AND name IS NOT NULL",
        [model.id],
    ).fetchone()
    if row is None or store.folder is None:
        return None
    state = IndexState(row[0], row[1], row[2], row[3], Reach(*row[4:7]))
    return IndexFile(store.folder / row[7], state, *row[8:])


def is_as_written(file: IndexFile) -> bool:
    """Return whether a file is there with the size that it was written with; it is not read."""
    try:
        return file.path.stat().st_size == file.bytes
    except OSError:
        return False


def is_sound(file: IndexFile) -> bool:
    """Return whether a file is byte for byte as it was written."""
    return is_as_written(file) and _crc32(file.path) == file.crc32


@contextlib.contextmanager
def snapshot(store: Store) -> Iterator[None]:
    """Read one state of the database, even while an indexer writes."""
    if store.db.conn.in_transaction:
        yield
        return
    store.db.execute("BEGIN")
    try:
        yield
    finally:
        store.db.execute("ROLLBACK")


def changed_images(store: Store, model: StoredModel) -> list[int]:
    """Return the pictures whose embedding came, changed or went since the file was made."""
    rows = store.db.execute("SELECT image FROM index_changes WHERE model = ?", [model.id])
    return [row[0] for row in rows]


def watch_changes(store: Store, model: StoredModel) -> None:
    """Have all changes from now on written down, before the first file is built."""
    with store.writing():
        store.db.execute(
            "INSERT INTO index_files (model) SELECT id FROM models WHERE id = ? ON CONFLICT DO NOTHING", [model.id]
        )


def keep_file(
    store: Store, model: StoredModel, index: CompressedIndex, state: IndexState, before: IndexFile | None
) -> bool:
    """Write an index to a file that takes the place of the one before; False if another process was quicker.

    Raises OSError or sqlite3.OperationalError if it can't be written; then all is as before.
    """
    assert store.folder is not None
    path = store.folder / f"model-{model.id}-{state.generation}-{os.urandom(4).hex()}.faiss"
    try:
        size, checksum = _write(index, path)
        made = IndexFile(path, state, len(index), index.lists, size, checksum, now())
        kept = _take_the_place(store, model, made, before)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    sweep(store, (before.path if before else None) if kept else path)
    return kept


def drop_file(store: Store, model: StoredModel) -> None:
    """Forget a model's file, which is damaged or not needed any more."""
    before = index_file(store, model)
    with store.writing():
        store.db.execute("DELETE FROM index_files WHERE model = ?", [model.id])
    sweep(store, before.path if before else None)


def sweep(store: Store, needless: Path | None = None) -> None:
    """Delete a file, and those that the store does not know: of models that are gone, or left by a crash.

    A young one that the store does not know may be another process's, which is about to name it there.
    """
    if store.folder is None:
        return
    known = {row[0] for row in store.db.execute("SELECT name FROM index_files WHERE name IS NOT NULL")}
    for path in (*store.folder.glob("model-*.faiss*"), *store.folder.glob(f"{PART_PREFIX}*.part")):
        with contextlib.suppress(OSError):  # on Windows one that is being searched stays until the next time
            if path.name not in known and (path == needless or time.time() - path.stat().st_mtime > LEFT_SECONDS):
                path.unlink()


def _take_the_place(store: Store, model: StoredModel, made: IndexFile, before: IndexFile | None) -> bool:
    """Name a file in the store and forget the changes that are in it; False if another process was quicker."""
    with store.writing():
        now_there = index_file(store, model)
        if (now_there and now_there.path) != (before and before.path):
            return False
        state, found = made.state, made.state.reach
        values = {
            "name": made.path.name,
            "generation": state.generation,
            "rows": made.rows,
            "bytes": made.bytes,
            "crc32": made.crc32,
            "trained_rows": state.trained_rows,
            "lists": made.lists,
            "probes": found.probes,
            "depth": found.depth,
            "recall": found.recall,
            "measured_rows": state.measured_rows,
            "imbalance": state.imbalance,
            "built_at": made.built_at,
        }
        columns = ", ".join(f"{column} = ?" for column in values)
        done = store.db.execute(f"UPDATE index_files SET {columns} WHERE model = ?", [*values.values(), model.id])
        if done.rowcount != 1:
            return False
        store.db.execute("DELETE FROM index_changes WHERE model = ? AND generation <= ?", [model.id, state.generation])
    return True


def _write(index: CompressedIndex, path: Path) -> tuple[int, int]:
    """Write an index to a new file, safe from a power cut, and return its size and CRC-32."""
    try:
        with written_whole(path) as part:
            index.write(part)
    except RuntimeError as error:  # what faiss raises when it can't write
        raise OSError(str(error)) from error
    return path.stat().st_size, _crc32(path)


def _crc32(path: Path) -> int:
    """Return the CRC-32 of a file."""
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(READ_AT_ONCE):
            checksum = zlib.crc32(block, checksum)
    return checksum


UNWRITABLE = (OSError, sqlite3.OperationalError)  # a full or read-only disk: the library is searched all the same
