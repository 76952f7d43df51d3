"""Tests of search.checking.models: rows of models, and the vectors they made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from indexer.store.models import active_model, temperature_of
from indexer.store.store import Store
from tests.embeddings import DIM, clustered, fill, stored_model
from tests.search.checking.conftest import checked


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with twenty embeddings."""
    fill(store, stored_model(store), clustered(20, seed=0))
    return store


@pytest.mark.parametrize("dim", [0, -1, 10**9, "x", b"", DIM // 2, 2 * DIM, 2**63 - 1])
def test_the_dimension_is_what_the_embeddings_say(filled: Store, dim: Any) -> None:
    """A million embeddings are not dropped for one wrong number."""
    filled.db.execute("UPDATE models SET dim = ?", [dim])
    assert ("model", "repaired") in checked(filled) and checked(filled) == []
    model = active_model(filled)
    assert model and model.dim == DIM
    assert filled.db.execute("SELECT count(*) FROM embeddings").fetchone() == (20,)


@pytest.mark.parametrize(
    ("column", "value"), [("temperature", 0), ("temperature", "x"), ("int8", "{"), ("generation", "x"), ("active", 0)]
)
def test_settings_are_set_right(filled: Store, column: str, value: Any) -> None:
    filled.db.execute(f"UPDATE models SET {column} = ?", [value])
    assert checked(filled) == [("model", "repaired")] and checked(filled) == []
    model = active_model(filled)
    assert model and temperature_of(filled, model) == 1.0


def test_a_scale_that_is_none_is_named(filled: Store) -> None:
    filled.db.execute("UPDATE models SET logit_scale = 1e999")
    assert ("model", "remains") in checked(filled)


def test_bad_vectors_are_dropped(filled: Store) -> None:
    good = clustered(1, seed=1)[0].astype("<f4").tobytes()
    filled.db.execute("INSERT INTO texts (model, text, vector) VALUES (1, 'a', ?), (1, 'b', zeroblob(9))", [good])
    for image, vector in ((1, b""), (2, np.full(DIM, np.nan, "<f2").tobytes()), (3, "x"), (4, bytes(2 * DIM))):
        filled.db.execute("UPDATE embeddings SET vector = ? WHERE image = ?", [vector, image])
    filled.db.execute("INSERT INTO spreads VALUES (1, 5, x'00', x'00')")
    assert checked(filled) == [("embeddings", "repaired"), ("texts", "repaired"), ("model", "repaired")]
    assert checked(filled) == []
    assert filled.db.execute("SELECT count(*) FROM embeddings").fetchone() == (16,)
    assert filled.db.execute("SELECT text FROM texts").fetchall() == [("a",)]
