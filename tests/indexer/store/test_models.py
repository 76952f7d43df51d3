"""Tests of indexer.store.models; loading a library's model is tested in tests/indexer/models/test_loading.py."""

from __future__ import annotations

import sqlite3

import pytest

from indexer.store.models import active_model, models, remember_model, switch_to
from indexer.store.store import Store
from tests.fakes import ColourEncoder


def test_first_model_is_active_and_the_next_is_not(store: Store, encoder: ColourEncoder) -> None:
    first = remember_model(store, encoder)
    second = remember_model(store, ColourEncoder("other"))
    assert (first.active, second.active) == (True, False)
    assert remember_model(store, encoder) == first
    switch_to(store, second)
    assert [model.name for model in models(store)] == ["other"]
    assert active_model(store) == remember_model(store, ColourEncoder("other"))


def test_at_most_one_active_model(store: Store, encoder: ColourEncoder) -> None:
    remember_model(store, encoder)
    remember_model(store, ColourEncoder("other"))
    with pytest.raises(sqlite3.IntegrityError):
        store.db.execute("UPDATE models SET active = 1")


def test_a_model_whose_checkpoint_moved_gets_its_new_name(store: Store) -> None:
    first = remember_model(store, ColourEncoder("old"))
    moved = ColourEncoder("new")
    moved.fingerprint = first.fingerprint
    assert remember_model(store, moved).name == "new"
    assert len(models(store)) == 1
