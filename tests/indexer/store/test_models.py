"""Tests of indexer.store.models; loading a library's model is tested in tests/indexer/models/test_loading.py."""

from __future__ import annotations

import sqlite3

import pytest

from indexer.errors import LibraryError
from indexer.models import loading
from indexer.store.models import (
    LibraryModel,
    active_model,
    models,
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


def test_a_librarys_model_is_loaded_once_and_again_after_a_switch(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str | None] = []

    def load(name: str | None, *_: object) -> ColourEncoder:
        loads.append(name)
        return ColourEncoder(name or "default")

    monkeypatch.setattr(loading, "load_encoder", load)
    monkeypatch.setattr(loading, "load_first_encoder", load)
    model = LibraryModel(store, "cpu", pytest.fail, "asked for")
    assert model() is model() and loads == ["asked for"], "a new library takes the one asked for"
    remember_model(store, ColourEncoder("own"))
    assert model() is model() and model().name == "own", "a library has its own"
    switch_to(store, remember_model(store, ColourEncoder("next")))
    assert model().name == "next" and loads == ["asked for", "own", "next"]
    assert LibraryModel(store, "cpu", pytest.fail, "wanted", replace=True)().name == "wanted"
