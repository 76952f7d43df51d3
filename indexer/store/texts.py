"""The cache of text embeddings: a text that was embedded once costs no model again."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from indexer.store.models import StoredModel
from indexer.store.store import Store

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

CACHE_SECONDS = 1.0  # how long a query waits for another writer before it goes without being remembered


def cached_texts(store: Store, model: StoredModel, texts: Iterable[str], exact: bool = False) -> dict[str, FloatArray]:
    """Return the embeddings (dim,) of those texts that were embedded before; `exact`: by the encoder itself."""
    import numpy as np

    found: dict[str, FloatArray] = {}
    select = "SELECT vector FROM texts WHERE model = ? AND text = ?" + (" AND exact = 1" if exact else "")
    for text in texts:
        row = store.db.execute(select, [model.id, text]).fetchone()
        if row is not None:
            found[text] = np.frombuffer(row[0], dtype="<f4").astype(np.float32)
    return found


def has_texts(store: Store, model: StoredModel, texts: Sequence[str]) -> bool:
    """Return whether all of some hundred different texts were embedded before, by counting alone."""
    marks = ",".join("?" * len(texts))
    row = store.db.execute(
        f"SELECT count(*) FROM texts WHERE model = ? AND text IN ({marks})", [model.id, *texts]
    ).fetchone()
    return bool(row[0] == len(texts))


def cache_texts(store: Store, model: StoredModel, embedded: dict[str, FloatArray], exact: bool = True) -> None:
    """Remember text embeddings, an exact one in place of one that is not, never the other way round.

    A library that can't be written now (read-only, a full disk, a long transaction of another process), or a model
    that is gone, goes without.
    """
    if store.read_only:
        return
    rows = [(text, vector.astype("<f4").tobytes(), exact, model.id) for text, vector in embedded.items()]
    with contextlib.suppress(sqlite3.OperationalError), store.db.waiting(CACHE_SECONDS), store.writing():
        store.db.conn.executemany(
            "INSERT INTO texts (model, text, vector, exact) SELECT id, ?, ?, ? FROM models WHERE id = ?"
            " ON CONFLICT (model, text) DO UPDATE SET vector = excluded.vector, exact = excluded.exact"
            " WHERE excluded.exact >= texts.exact",
            rows,
        )
