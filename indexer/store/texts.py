"""The cache of text embeddings: a text that was embedded once needs no model again."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from indexer.store.models import StoredModel
from indexer.store.store import Store

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

CACHE_SECONDS = 1.0  # how long a query waits for another writer before it gives up caching its text


def cached_texts(store: Store, model: StoredModel, texts: Iterable[str], exact: bool = False) -> dict[str, FloatArray]:
    """Return the embeddings (dim,) of the texts that are cached; with `exact` only the encoder's own."""
    import numpy as np

    cached: dict[str, FloatArray] = {}
    select = "SELECT vector FROM texts WHERE model = ? AND text = ?" + (" AND exact = 1" if exact else "")
    for text in texts:
        row = store.db.execute(select, [model.id, text]).fetchone()
        if row is not None:
            cached[text] = np.frombuffer(row[0], dtype="<f4").astype(np.float32)
    return cached


def has_texts(store: Store, model: StoredModel, texts: Sequence[str]) -> bool:
    """Return whether all of these different texts, at most some hundred, are cached, by counting alone."""
    marks = ",".join("?" * len(texts))
    row = store.db.execute(
        f"SELECT count(*) FROM texts WHERE model = ? AND text IN ({marks})", [model.id, *texts]
    ).fetchone()
    return bool(row[0] == len(texts))


def cache_texts(store: Store, model: StoredModel, embedded: dict[str, FloatArray], exact: bool = True) -> None:
    """Cache text embeddings; an exact one replaces an inexact one, never the other way round.

    Caches nothing if the library can't be written now (read-only, a full disk, another process's long transaction) or
    the model is gone.
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
