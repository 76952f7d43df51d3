"""The library's SQLite database: opening it safely, its models, and its cache of text embeddings.

SQLite is the truth; everything else in the library's folder can be derived from it again. What stands in
`indexer.store.pictures` and `indexer.store.labels` works on the same database.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from indexer.errors import LibraryError, LibraryMissing
from indexer.paths import readable
from indexer.store.connection import connect, connect_read_only
from indexer.store.database import Database
from indexer.store.migrations import migrate

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder, FloatArray

DATABASE_NAME = "library.db"
CACHE_SECONDS = 1.0  # how long a query waits for another writer before it goes without being remembered


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

    def __init__(self, db: Database, folder: Path | None, read_only: bool = False) -> None:
        """Take an open, migrated database; `folder` is None for a library in memory."""
        self.db = db
        self.folder = folder
        self.read_only = read_only

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Open the library in a folder.

        Raises LibraryMissing if there is none, LibraryDamaged or LibraryTooNew if it can't be used.
        """
        if not os.path.exists(folder / DATABASE_NAME):
            raise LibraryMissing(f"There is no library at {readable(str(folder))} yet; run: clipsearch index FOLDER")
        try:
            return cls(connect(folder / DATABASE_NAME), folder)
        except LibraryError as error:
            cause = str(error.__cause__)
            if "readonly" not in cause and "unable to open" not in cause:
                raise
            try:
                return cls(connect_read_only(folder / DATABASE_NAME), folder, read_only=True)
            except sqlite3.Error:
                raise error from None

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
        return cls(connect(folder / DATABASE_NAME), folder)

    @classmethod
    def in_memory(cls) -> Store:
        """Return an empty library that is gone when it is closed."""
        store = cls(Database(":memory:"), None)
        store.db.execute("PRAGMA foreign_keys = ON")
        migrate(store.db)
        return store

    def writing(self) -> AbstractContextManager[None]:
        """Make a with-block one transaction, which waits for its turn to write."""
        return self.db.writing()

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
        rows = self.db.execute(
            "SELECT id, name, fingerprint, dim, logit_scale, logit_bias, active, generation"
            " FROM models ORDER BY active DESC, id"
        )
        return [
            StoredModel(number, name, fingerprint, dim, scale, bias, bool(active), generation)
            for number, name, fingerprint, dim, scale, bias, active, generation in rows
        ]

    def active_model(self) -> StoredModel | None:
        """Return the model that answers queries, or None before the first picture."""
        return next((model for model in self.models() if model.active), None)

    def remember_model(self, encoder: Encoder) -> StoredModel:
        """Return the encoder's row in `models`, added if new, and made active if there is no active one."""
        with self.writing():
            self.db.execute(
                "INSERT INTO models (name, fingerprint, dim, logit_scale, logit_bias, added_at)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO UPDATE SET name = excluded.name",
                [encoder.name, encoder.fingerprint, encoder.dim, encoder.logit_scale, encoder.logit_bias, now()],
            )
            if self.active_model() is None:
                self.db.execute("UPDATE models SET active = 1 WHERE fingerprint = ?", [encoder.fingerprint])
        return next(model for model in self.models() if model.fingerprint == encoder.fingerprint)

    def switch_to(self, model: StoredModel) -> None:
        """Make a model the active one and drop all others, with their embeddings, texts and labels."""
        with self.writing():
            self.db.execute("DELETE FROM models WHERE id <> ?", [model.id])
            self.db.execute("UPDATE models SET active = 1 WHERE id = ?", [model.id])

    # -- the cache of text embeddings --------------------------------------------------------------------

    def cached_texts(self, model: StoredModel, texts: Iterable[str], exact: bool = False) -> dict[str, FloatArray]:
        """Return the embeddings (dim,) of those texts that were embedded before; `exact`: by the encoder itself."""
        import numpy as np

        found: dict[str, FloatArray] = {}
        # A read-only library may be from before there was the column, when all were exact.
        known = exact and any(row[1] == "exact" for row in self.db.execute("PRAGMA table_info(texts)"))
        select = "SELECT vector FROM texts WHERE model = ? AND text = ?" + (" AND exact = 1" if known else "")
        for text in texts:
            row = self.db.execute(select, [model.id, text]).fetchone()
            if row is not None:
                found[text] = np.frombuffer(row[0], dtype="<f4").astype(np.float32)
        return found

    def has_texts(self, model: StoredModel, texts: Sequence[str]) -> bool:
        """Return whether all of some hundred different texts were embedded before, by counting alone."""
        marks = ",".join("?" * len(texts))
        row = self.db.execute(
            f"SELECT count(*) FROM texts WHERE model = ? AND text IN ({marks})", [model.id, *texts]
        ).fetchone()
        return bool(row[0] == len(texts))

    def cache_texts(self, model: StoredModel, embedded: dict[str, FloatArray], exact: bool = True) -> None:
        """Remember text embeddings, an exact one in place of one that is not, never the other way round.

        A library that can't be written now (read-only, a full disk, a long transaction of another process), or a model
        that is gone, goes without.
        """
        if self.read_only:
            return
        rows = [(text, vector.astype("<f4").tobytes(), exact, model.id) for text, vector in embedded.items()]
        with contextlib.suppress(sqlite3.OperationalError), self.db.waiting(CACHE_SECONDS), self.writing():
            self.db.conn.executemany(
                "INSERT INTO texts (model, text, vector, exact) SELECT id, ?, ?, ? FROM models WHERE id = ?"
                " ON CONFLICT (model, text) DO UPDATE SET vector = excluded.vector, exact = excluded.exact"
                " WHERE excluded.exact >= texts.exact",
                rows,
            )


def now() -> str:
    """Return the time in UTC, as ISO 8601 to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
