"""The cache of text embeddings: a text that was embedded once needs no model again."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from indexer.damage import note_damage
from indexer.store.models import StoredModel
from indexer.store.soundness import unit_vectors
from indexer.store.store import Store

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

CACHE_SECONDS = 1.0  # how long a query waits for another writer before it gives up caching its text


def cached_texts(store: Store, model: StoredModel, texts: Iterable[str], exact: bool = False) -> dict[str, FloatArray]:
    """Return the embeddings (dim,) of the texts that are cached; with `exact` only the encoder's own."""
    select = "SELECT vector FROM texts WHERE model = ? AND text = ?" + (" AND exact = 1" if exact else "")
    rows = {text: store.db.execute(select, [model.id, text]).fetchone() for text in texts}
    known = {text: row[0] for text, row in rows.items() if row is not None}
    vectors, sound = unit_vectors(list(known.values()), model.dim, "<f4")
    if not sound.all():
        forget_texts(store, model, [text for text, is_sound in zip(known, sound, strict=True) if not is_sound])
    good = (text for text, is_sound in zip(known, sound, strict=True) if is_sound)
    return dict(zip(good, vectors, strict=True))


def some_texts(store: Store, model: StoredModel, count: int) -> FloatArray:
    """Return the embeddings (n, dim) of up to so many cached texts."""
    rows = store.db.execute("SELECT vector FROM texts WHERE model = ? LIMIT ?", [model.id, count]).fetchall()
    return unit_vectors([row[0] for row in rows], model.dim, "<f4")[0]


def forget_texts(store: Store, model: StoredModel, texts: Sequence[str]) -> None:
    """Forget damaged embeddings of texts, which are made again at once, as far as the library can be written now."""
    note_damage("text embedding", texts)
    if not store.read_only:
        with contextlib.suppress(sqlite3.OperationalError), store.db.waiting(CACHE_SECONDS), store.writing():
            store.db.conn.executemany(
                "DELETE FROM texts WHERE model = ? AND text = ?", [(model.id, text) for text in texts]
            )


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
