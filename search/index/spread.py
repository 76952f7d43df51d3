"""The mean and covariance of a library's embeddings, from which the spread of a query's scores is estimated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.arrays import FloatArray
from indexer.damage import note_damage
from indexer.store.models import StoredModel
from indexer.store.store import Store

SAMPLE = 8192  # embeddings that stand for all


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean (dim,) and the covariance (dim, dim) of embeddings, and their number."""

    mean: FloatArray
    covariance: FloatArray
    count: int

    @classmethod
    def of(cls, vectors: FloatArray, count: int) -> Spread:
        """Return the spread of `count` embeddings, from a sample (n, dim) of them."""
        mean = vectors.mean(axis=0)
        centred = vectors - mean
        return cls(mean, np.asarray(centred.T @ centred / max(len(vectors), 1), dtype=np.float32), count)

    def of_scores(self, query: FloatArray) -> tuple[float, float]:
        """Return the mean and the standard deviation of a query's cosines with all embeddings."""
        variance = float(query @ self.covariance @ query)
        return float(self.mean @ query), max(variance, 0.0) ** 0.5


def save_spread(store: Store, model: StoredModel, spread: Spread) -> None:
    """Store a model's spread, unless the model has been removed."""
    store.db.execute(
        "INSERT OR REPLACE INTO spreads (model, rows, mean, covariance) SELECT id, ?, ?, ? FROM models WHERE id = ?",
        [spread.count, spread.mean.astype("<f4").tobytes(), spread.covariance.astype("<f4").tobytes(), model.id],
    )


def stored_spread(store: Store, model: StoredModel) -> Spread | None:
    """Return a model's spread as it was stored last, or None if there is none that can be used."""
    row = store.db.execute("SELECT rows, mean, covariance FROM spreads WHERE model = ?", [model.id]).fetchone()
    if row is None:
        return None
    count, *blobs = row
    sizes = (4 * model.dim, 4 * model.dim**2)
    if type(count) is int and all(
        type(blob) is bytes and len(blob) == size for blob, size in zip(blobs, sizes, strict=True)
    ):
        mean, covariance = (np.frombuffer(blob, "<f4").astype(np.float32) for blob in blobs)
        if np.abs(mean).max() <= 1 and np.abs(covariance).max() <= 1:  # False for what is not a number
            return Spread(mean, covariance.reshape(model.dim, model.dim), count)
    note_damage("spread", [model.id])
    return None
