"""Tests of indexer.indexing.verifying: what a run looks at, and that it drops no more than what is damaged."""

from __future__ import annotations

import numpy as np
import pytest

import indexer.indexing.verifying
from indexer.errors import LibraryDamaged
from indexer.indexing.verifying import drop_damaged, verify
from indexer.store.models import StoredModel, models
from indexer.store.store import Store
from tests.embeddings import DIM, clustered, fill, stored_model


@pytest.fixture
def model(store: Store) -> StoredModel:
    fill(store, stored_model(store), clustered(30, seed=0))
    return models(store)[0]


def spoil(store: Store, image: int) -> None:
    bad = np.full(DIM, np.nan, "<f2").tobytes()
    store.db.execute("UPDATE embeddings SET vector = ? WHERE image = ?", [bad, image])


def test_all_are_looked_at_once_and_then_what_has_changed(
    store: Store, model: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = []

    def watched(*arguments: object, changed_only: bool) -> object:
        looks.append(changed_only)
        return verify(*arguments, changed_only=changed_only)  # type: ignore[arg-type]

    monkeypatch.setattr(indexer.indexing.verifying, "verify", watched)
    assert drop_damaged(store, model) == 0 and drop_damaged(store, models(store)[0]) == 0
    assert looks == [False]
    spoil(store, 3)
    assert drop_damaged(store, models(store)[0]) == 1 and drop_damaged(store, models(store)[0]) == 0
    assert looks == [False, False]


def test_of_many_only_those_that_have_changed_are_looked_at(
    store: Store, model: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer.indexing.verifying, "FEW_EMBEDDINGS", 10)
    store.db.execute("INSERT INTO index_files (model) VALUES (?)", [model.id])  # from here on changes are recorded
    drop_damaged(store, model)
    spoil(store, 3)
    assert verify(store, model, changed_only=True).read == 1
    assert drop_damaged(store, models(store)[0]) == 1


def test_what_a_search_has_met_has_all_looked_at(store: Store, model: StoredModel) -> None:
    drop_damaged(store, model)
    store.db.execute("DROP TRIGGER embeddings_update")
    spoil(store, 3)
    assert drop_damaged(store, models(store)[0]) == 0, "nothing shows that it has changed"
    store.doubtful.add(model.id)
    assert drop_damaged(store, models(store)[0]) == 1


def test_a_wrong_dimension_costs_no_embedding(store: Store, model: StoredModel) -> None:
    store.db.execute("UPDATE models SET dim = 32")
    with pytest.raises(LibraryDamaged, match="clipsearch check"):
        drop_damaged(store, models(store)[0])
    assert store.db.execute("SELECT count(*) FROM embeddings").fetchone() == (30,)
