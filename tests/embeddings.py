"""Made-up embeddings in a store, of pictures that need no files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from indexer.decoding.frame import Frame
from indexer.files.found import FoundFile
from indexer.metadata.metadata import Metadata
from indexer.store.embeddings import MomentVector
from indexer.store.models import StoredModel, active_model, models
from indexer.store.pictures import EncodedFile, store_batch
from indexer.store.roots import claim_root
from indexer.store.store import Store

DIM = 64
CENTRES = 20


def clustered(rows: int, seed: int) -> np.ndarray:
    """Return unit rows (rows, DIM) around a few centres, which are the same for every seed."""
    centres = np.random.default_rng(100).standard_normal((CENTRES, DIM)).astype(np.float32)
    random = np.random.default_rng(seed)
    found = centres[random.integers(0, CENTRES, rows)] + 0.8 * random.standard_normal((rows, DIM)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def stored_model(store: Store, name: str = "made up") -> StoredModel:
    """Return a model that no encoder belongs to."""
    store.db.execute(
        "INSERT INTO models (name, fingerprint, dim, logit_scale, active, added_at) VALUES (?, ?, ?, 100, ?, '')",
        [name, name, DIM, active_model(store) is None],
    )
    return next(model for model in models(store) if model.name == name)


def fill(store: Store, model: StoredModel, rows: np.ndarray) -> list[int]:
    """Store embeddings of so many new pictures, 0.png and so on, and return their ids."""
    root, _ = claim_root(store, Path("/made-up"))
    known = store.db.execute("SELECT count(*), ifnull(max(id), 0) FROM images").fetchone()
    batch = []
    for number, row in enumerate(rows, known[1]):
        frame = Frame(FoundFile(f"{number}.png", 1, 1), b"%16d" % number, 1, 1, "PNG", Metadata())
        batch.append(EncodedFile(root, frame, (MomentVector(0, row),)))
    store_batch(store, model, batch)
    return [row[0] for row in store.db.execute("SELECT id FROM images WHERE id > ? ORDER BY id", [known[1]])]
