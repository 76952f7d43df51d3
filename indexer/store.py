"""The library's SQLite database: opening it safely, its models, and its cache of text embeddings.

SQLite is the truth; everything else in the library's folder can be derived from it again. What stands in
`indexer.pictures` and `indexer.labels` works on the same database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from sqlite_utils import Database

from indexer.errors import LibraryDamaged, LibraryError, LibraryMissing, LibraryTooNew
from indexer.migrations import migrations
from indexer.paths import readable

if TYPE_CHECKING:
    from indexer.encoder import Encoder, FloatArray

DATABASE_NAME = "library.db"
WAIT_SECONDS = 30.0  # how long a writer waits for another one


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model as the library remembers it; enough to label without loading it."""

    id: int
    name: str
    fingerprint: str
    dim: int
    logit_scale: float
    logit_bias: float | None
    active: bool
    generation: int  # changes whenever this model's picture embeddings do


class Store:
    """One open library. Use it as a context manager, from one thread."""

    def __init__(self, db: Database, folder: Path | None) -> None:
        """Take an open, migrated database; `folder` is None for a library in memory."""
        self.db = db
        self.folder = folder

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Open the library in a folder.

        Raises LibraryMissing if there is none, LibraryDamaged or LibraryTooNew if it can't be used.
        """
        if not (folder / DATABASE_NAME).exists():
            raise LibraryMissing(f"There is no library at {readable(str(folder))} yet; run: clipsearch index FOLDER")
        return cls(_connect(folder / DATABASE_NAME), folder)

    @classmethod
    def create(cls, folder: Path) -> Store:
        """Open the library in a folder, made if needed; raises as `open` does, or LibraryError if it can't be made."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"The library can't be made at {readable(str(folder))} ({error.strerror}); "
                "give another place with --library."
            ) from error
        return cls(_connect(folder / DATABASE_NAME), folder)

    @classmethod
    def in_memory(cls) -> Store:
        """Return an empty library that is gone when it is closed."""
        store = cls(Database(memory=True), None)
        store.db.execute("PRAGMA foreign_keys = ON")
        migrations.apply(store.db)
        return store

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- models ------------------------------------------------------------------------------------------

    def models(self) -> list[StoredModel]:
        """Return all models, the active one first."""
        rows = self.db.query(
            "SELECT id, name, fingerprint, dim, logit_scale, logit_bias, active, generation"
            " FROM models ORDER BY active DESC, id"
        )
        return [StoredModel(**{**row, "active": bool(row["active"])}) for row in rows]

    def active_model(self) -> StoredModel | None:
        """Return the model that answers queries, or None before the first picture."""
        return next((model for model in self.models() if model.active), None)

    def remember_model(self, encoder: Encoder) -> StoredModel:
        """Return the encoder's row in `models`, added if new, and made active if there is no active one."""
        with self.db.atomic():
            self.db.execute(
                "INSERT INTO models (name, fingerprint, dim, logit_scale, logit_bias, added_at)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO NOTHING",
                [encoder.name, encoder.fingerprint, encoder.dim, encoder.logit_scale, encoder.logit_bias, now()],
            )
            if self.active_model() is None:
                self.db.execute("UPDATE models SET active = 1 WHERE fingerprint = ?", [encoder.fingerprint])
        return next(model for model in self.models() if model.fingerprint == encoder.fingerprint)

    def switch_to(self, model: StoredModel) -> None:
        """Make a model the active one and drop all others, with their embeddings, texts and labels."""
        with self.db.atomic():
            self.db.execute("DELETE FROM models WHERE id <> ?", [model.id])
            self.db.execute("UPDATE models SET active = 1 WHERE id = ?", [model.id])

    # -- the cache of text embeddings --------------------------------------------------------------------

    def cached_texts(self, model: StoredModel, texts: Iterable[str]) -> dict[str, FloatArray]:
        """Return the embeddings (dim,) of those texts that were embedded before."""
        found: dict[str, FloatArray] = {}
        for text in texts:
            row = self.db.execute("SELECT vector FROM texts WHERE model = ? AND text = ?", [model.id, text]).fetchone()
            if row is not None:
                found[text] = np.frombuffer(row[0], dtype="<f4").astype(np.float32)
        return found

    def cache_texts(self, model: StoredModel, embedded: dict[str, FloatArray]) -> None:
        """Remember text embeddings."""
        rows = [(model.id, text, vector.astype("<f4").tobytes()) for text, vector in embedded.items()]
        with self.db.atomic():
            self.db.conn.executemany("INSERT OR REPLACE INTO texts (model, text, vector) VALUES (?, ?, ?)", rows)


def now() -> str:
    """Return the time in UTC, as ISO 8601 to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _connect(path: Path) -> Database:
    """Open and migrate a database file, or say in one sentence why it can't be used."""
    shown = readable(str(path))
    try:
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS)
    except sqlite3.Error as error:
        raise LibraryDamaged(f"The library's database {shown} can't be opened: {error}.") from error
    try:
        db = Database(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a committed batch survives a power cut
        _migrate(db, shown)
    except sqlite3.OperationalError as error:
        connection.close()
        raise LibraryError(f"The library's database {shown} can't be used now: {error}.") from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise LibraryDamaged(
            f"{shown} is damaged or no clipsearch database ({error}); "
            "move it away and run clipsearch index again, or give another --library."
        ) from error
    except BaseException:
        connection.close()
        raise
    return db


def _migrate(db: Database, shown: str) -> None:
    """Bring the schema up to date; refuse one that a newer clipsearch has written, or someone else's tables."""
    applied = {step.name for step in migrations.applied(db)}
    newer = applied - {step.name for step in migrations.pending(Database(memory=True))}
    if newer:
        raise LibraryTooNew(
            f"{shown} was written by a newer clipsearch; upgrade with: pip install --upgrade clipsearch"
        )
    if not applied and set(db.table_names()) - {"_sqlite_migrations"}:
        raise LibraryDamaged(f"{shown} is a database, but not clipsearch's; give another --library.")
    if migrations.pending(db):
        migrations.apply(db)
