"""Tests of indexer.store.models; loading a library's model is tested in tests/indexer/library_model/test_loading.py."""

from __future__ import annotations

import sqlite3

import pytest

from indexer.errors import LibraryError
from indexer.store.models import (
    active_model,
    int8_verdict,
    models,
    remember_int8,
    remember_model,
    remember_temperature,
    switch_to,
    temperature_of,
)
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


def test_a_temperature_is_kept_for_each_model(store: Store, encoder: ColourEncoder) -> None:
    first, second = remember_model(store, encoder), remember_model(store, ColourEncoder("other"))
    remember_temperature(store, first, 2.5)
    assert (temperature_of(store, first), temperature_of(store, second)) == (2.5, 1.0)
    remember_temperature(store, first, None)
    assert temperature_of(store, first) == 1.0
    store.read_only = True
    with pytest.raises(LibraryError, match="calibration"):
        remember_temperature(store, first, 2.0)


def test_what_was_found_of_int8_is_kept(store: Store, encoder: ColourEncoder) -> None:
    model = remember_model(store, encoder)
    assert model.int8 is None and int8_verdict(store, model) is None
    remember_int8(store, model, {"taken": False, "pictures": 64})
    assert [stored.int8 for stored in models(store)] == [False]
    remember_int8(store, model, {"taken": True, "pictures": 65})
    assert [stored.int8 for stored in models(store)] == [True]
    assert int8_verdict(store, model) == {"taken": True, "pictures": 65}
