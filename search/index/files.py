"""The compressed index as a file beside the database, and its row in the store.

Each version has a new file name, is written whole and then named in the store in one transaction, so that a search
never reads half a file. SQLite is the truth: a file that is missing or unreadable is built again.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import ModelMismatch
from indexer.files.whole import PART_PREFIX, written_whole
from indexer.store.models import StoredModel
from indexer.store.soundness import MOST_ID, is_number
from indexer.store.store import Store, now
from search.index.checksums import Written, written_file, xxh3_of
from search.index.compressed import CompressedIndex
from search.index.recall import SearchEffort

_NAMES = re.compile(rf"model-[0-9]+-[0-9]+-[0-9a-f]{{1,8}}\.faiss(\.tmp)?|{re.escape(PART_PREFIX)}[0-9a-f]{{8}}\.part")
STALE_SECONDS = 3600.0  # after which no process can still be about to name a file


@dataclass(frozen=True, slots=True)
class IndexState:
    """What is stored about an index besides its codes."""

    generation: int  # of the embeddings in it
    trained_rows: int  # pictures when its lists were trained
    imbalance: float  # of the lists then
    measured_rows: int  # pictures when the recall was measured
    effort: SearchEffort


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file as the store describes it."""

    state: IndexState
    rows: int
    lists: int
    built_at: str
    written: Written

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.written.path

    @property
    def bytes(self) -> int:
        """Its size."""
        return self.written.size


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
    """Return a model's file; None if there is none, as in a small library or one in memory, or its row is damaged."""
    row = store.db.execute(
        "SELECT generation, trained_rows, imbalance, measured_rows, probes, depth, recall, rows, lists, built_at"
        " FROM index_files WHERE model = ?",
        [model.id],
    ).fetchone()
    written = written_file(store, model)
    if row is None or written is None or not _is_sound_row(*row):
        return None
    state = IndexState(row[0], row[1], row[2], row[3], SearchEffort(*row[4:7]))
    return IndexFile(state, row[7], row[8], str(row[9]), written)


def _is_sound_row(*row: Any) -> bool:
    """Return whether the numbers of a row can be those of an index."""
    generation, trained, imbalance, measured, probes, depth, recall, rows, lists, _ = row
    counts = (trained, measured, probes, depth, rows, lists)
    numbers = is_number(imbalance, 0) and is_number(recall, 0, 1)
    return type(generation) is int and numbers and all(type(count) is int and count > 0 for count in counts)


@contextlib.contextmanager
def snapshot(store: Store) -> Iterator[None]:
    """Read one state of the database in the with-block, even while an indexer writes."""
    if store.db.conn.in_transaction:
        yield
        return
    store.db.execute("BEGIN")
    try:
        yield
    finally:
        store.db.execute("ROLLBACK")


def changed_images(store: Store, model: StoredModel) -> list[int]:
    """Return the pictures whose embedding was added, changed or removed since the file was made."""
    sound = "typeof(image) = 'integer' AND image BETWEEN 1 AND ?"
    rows = store.db.execute(f"SELECT image FROM index_changes WHERE model = ? AND {sound}", [model.id, MOST_ID])
    return [row[0] for row in rows]


def watch_changes(store: Store, model: StoredModel) -> None:
    """Have all changes from now on recorded; needed before the first file is built."""
    with store.writing():
        store.db.execute(
            "INSERT INTO index_files (model) SELECT id FROM models WHERE id = ? ON CONFLICT DO NOTHING", [model.id]
        )


def save_file(
    store: Store, model: StoredModel, index: CompressedIndex, state: IndexState, before: IndexFile | None
) -> bool:
    """Write an index to a file that replaces the one before; False if another process was quicker.

    Raises OSError or sqlite3.OperationalError if it can't be written; then nothing has changed.
    """
    assert store.folder is not None
    path = store.folder / f"model-{model.id}-{state.generation}-{os.urandom(4).hex()}.faiss"
    try:
        made = IndexFile(state, len(index), index.lists, now(), _write(index, path))
        is_named = _name_in_store(store, model, made, before)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    delete_stale_files(store, (before.path if before else None) if is_named else path)
    return is_named


def drop_file(store: Store, model: StoredModel) -> None:
    """Delete a model's file, which is no longer needed."""
    before = written_file(store, model)
    with store.writing():
        store.db.execute("DELETE FROM index_files WHERE model = ?", [model.id])
    delete_stale_files(store, before.path if before else None)


def delete_stale_files(store: Store, replaced: Path | None = None) -> None:
    """Delete the replaced file, and old ones that the store does not name: of models that are gone, or after a crash.

    A recent one may belong to another process that is about to name it in the store.
    """
    if store.folder is None:
        return
    known = {row[0] for row in store.db.execute("SELECT name FROM index_files WHERE name IS NOT NULL")}
    for path in filter(_is_ours, store.folder.iterdir()):
        with contextlib.suppress(OSError):  # on Windows a file that is being searched stays until the next time
            if path.name not in known and (path == replaced or time.time() - path.stat().st_mtime > STALE_SECONDS):
                path.unlink()


def _is_ours(path: Path) -> bool:
    """Return whether a name is one that this module gives: a person's own files may be in the folder too."""
    return _NAMES.fullmatch(path.name) is not None and path.is_file() and not path.is_symlink()


def _name_in_store(store: Store, model: StoredModel, made: IndexFile, before: IndexFile | None) -> bool:
    """Name a file in the store and forget the changes that are in it; False if another process was quicker."""
    with store.writing():
        current = index_file(store, model)
        if (current and current.path) != (before and before.path):
            return False
        state = made.state
        values = {
            "name": made.path.name,
            "generation": state.generation,
            "rows": made.rows,
            "bytes": made.bytes,
            "xxh3": made.written.xxh3,
            "trained_rows": state.trained_rows,
            "lists": made.lists,
            "probes": state.effort.probes,
            "depth": state.effort.depth,
            "recall": state.effort.recall,
            "measured_rows": state.measured_rows,
            "imbalance": state.imbalance,
            "built_at": made.built_at,
        }
        columns = ", ".join(f"{column} = ?" for column in values)
        update = store.db.execute(f"UPDATE index_files SET {columns} WHERE model = ?", [*values.values(), model.id])
        if update.rowcount != 1:
            return False
        store.db.execute("DELETE FROM index_changes WHERE model = ? AND generation <= ?", [model.id, state.generation])
    return True


def _write(index: CompressedIndex, path: Path) -> Written:
    """Write an index to a new file, safe from a power cut, and return what was written."""
    try:
        with written_whole(path) as part:
            index.write(part)
    except RuntimeError as error:  # FAISS raises it when it can't write
        raise OSError(str(error)) from error
    return Written(path, path.stat().st_size, 0, xxh3_of(path))


UNWRITABLE = (OSError, sqlite3.OperationalError)  # a full or read-only disk, which does not keep from searching
