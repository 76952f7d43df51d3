"""Tests of indexer.store.embeddings."""

from __future__ import annotations

import numpy as np

from indexer.store.embeddings import all_embedded, count_without_embedding, embeddings, embeddings_of, moments_of
from indexer.store.store import Store
from tests.embeddings import clustered, fill, stored_model


def test_embeddings_come_back_in_blocks_and_by_id(store: Store) -> None:
    model, rows = stored_model(store), clustered(1200, 1)
    ids = fill(store, model, rows)
    blocks = list(embeddings(store, model, rows=500))
    assert [len(block[0]) for block in blocks] == [500, 500, 200]
    assert np.concatenate([block[0] for block in blocks]).tolist() == ids
    assert np.allclose(np.concatenate([block[1] for block in blocks]), rows, atol=1e-3)
    wanted = [ids[700], ids[3], 10**6, *ids[10:600], ids[3]]
    found, vectors = embeddings_of(store, model, wanted)
    assert found.tolist() == sorted({*wanted} - {10**6}) and found.dtype == np.int64
    assert np.allclose(vectors, rows[[ids.index(image) for image in found]], atol=1e-3)
    nothing, empty = embeddings_of(store, model, [])
    assert (nothing.shape, empty.shape) == ((0,), (0, model.dim))


def test_another_model_has_no_embeddings_yet(store: Store) -> None:
    model, other = stored_model(store), stored_model(store, "other")
    assert all_embedded(store, model) and not all_embedded(store, None)
    ids = fill(store, model, clustered(3, 1))
    assert all_embedded(store, model) and not all_embedded(store, other)
    assert (count_without_embedding(store, model), count_without_embedding(store, other)) == (0, 3)
    store.db.execute("DELETE FROM embeddings WHERE image = ?", [ids[0]])
    assert not all_embedded(store, model) and count_without_embedding(store, model) == 1


def test_the_moments_of_known_bytes(store: Store) -> None:
    model, rows = stored_model(store), clustered(2, 1)
    fill(store, model, rows)
    digest = store.db.execute("SELECT content_hash FROM images WHERE id = 2").fetchone()[0]
    (moment,) = moments_of(store, model, 1, digest)
    assert moment.at_ms == 0 and np.allclose(moment.vector, rows[1], atol=1e-3)
    assert moments_of(store, model, 2, digest) == [], "another size"
    assert moments_of(store, stored_model(store, "other"), 1, digest) == []
