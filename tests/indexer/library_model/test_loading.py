"""Tests of indexer.library_model.loading."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from safetensors.torch import save_file

from indexer.errors import ModelMismatch
from indexer.image_tower.export import export_tower
from indexer.image_tower.tower import About, tower_folder
from indexer.library_model import identity
from indexer.library_model.loading import LibraryModel, first_encoder, load_encoder, load_stored, stored_encoder
from indexer.library_model.ready import ReadyEncoder
from indexer.models import loading
from indexer.models.encoder import Encoder
from indexer.models.preprocess import Pixels
from indexer.store.models import StoredModel, check_request, remember_int8, remember_model, switch_to
from indexer.store.store import Store
from tests.fakes import ColourEncoder
from tests.indexer.image_tower.pictures import least_cosine
from tests.indexer.models.tiny import random_model


@pytest.fixture
def stored(store: Store, tiny: Encoder) -> StoredModel:
    """The small model as a library remembers it."""
    return remember_model(store, tiny)


def replace_weights(name: str) -> None:
    """Put other weights under the same name."""
    file = Path(name.removeprefix("local-dir:")) / "open_clip_model.safetensors"
    save_file({key: value.contiguous() for key, value in random_model(seed=1).state_dict().items()}, file)


def test_a_model_that_was_loaded_once_answers_by_its_exports(name: str, about: About, stored: StoredModel) -> None:
    assert not isinstance(stored_encoder(stored, "cpu"), ReadyEncoder), "it is not known which files these are"
    encoder = stored_encoder(stored, "cpu")
    assert isinstance(encoder, ReadyEncoder) and encoder.about == about and encoder.name == name
    first = first_encoder(name, "auto", pytest.fail)
    assert isinstance(first, ReadyEncoder) and first.fingerprint == stored.fingerprint


def test_without_exports_the_model_is_loaded(name: str, stored: StoredModel) -> None:
    for _ in range(2):
        assert not isinstance(stored_encoder(stored, "cpu"), ReadyEncoder)
        assert not isinstance(first_encoder(name, "cpu", pytest.fail), ReadyEncoder)


def test_a_known_model_is_not_hashed_again(name: str, tiny: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    load_encoder(name, "cpu")
    monkeypatch.setattr("indexer.models.open_clip_encoder.fingerprint", lambda _: pytest.fail("hashed again"))
    assert load_encoder(name, "cpu").fingerprint == tiny.fingerprint


def test_other_weights_under_the_same_name(
    name: str, about: About, stored: StoredModel, tiny: Encoder, pixels: Pixels
) -> None:
    load_encoder(name, "cpu")
    replace_weights(name)
    with pytest.raises(ModelMismatch, match="--reindex"):
        stored_encoder(stored, "cpu")
    with pytest.raises(ModelMismatch, match="--reindex"):  # now that the new ones are known
        stored_encoder(stored, "cpu")
    new = first_encoder(name, "cpu", pytest.fail)
    assert new.fingerprint != tiny.fingerprint and not isinstance(new, ReadyEncoder)
    export_tower(new, pixels[:4])
    by_exports = first_encoder(name, "cpu", pytest.fail)
    assert isinstance(by_exports, ReadyEncoder)
    assert least_cosine(by_exports.encode_images(pixels[:4]), new.encode_images(pixels[:4])) >= 0.999


def test_weights_that_are_gone_leave_the_exports(name: str, about: About, stored: StoredModel, pixels: Pixels) -> None:
    load_encoder(name, "cpu")
    (Path(name.removeprefix("local-dir:")) / "open_clip_model.safetensors").unlink()
    encoder = stored_encoder(stored, "cpu")
    assert isinstance(encoder, ReadyEncoder) and encoder.encode_images(pixels[:2]).shape == (2, 24)


def test_weights_replaced_while_in_use_never_mix(name: str, about: About, stored: StoredModel, pixels: Pixels) -> None:
    load_encoder(name, "cpu")
    encoder = stored_encoder(stored, "cpu")
    replace_weights(name)
    for file in tower_folder(stored.fingerprint).iterdir():
        file.unlink()  # so that the model itself is asked
    with pytest.raises(ModelMismatch, match="have changed while they were in use"):
        encoder.encode_images(pixels[:2])


def test_int8_is_used_where_the_library_says_so(name: str, about: About, stored: StoredModel, store: Store) -> None:
    load_encoder(name, "cpu")
    assert stored_encoder(stored, "cpu").precision == "fp32"
    remember_int8(store, stored, {"taken": True})
    assert stored_encoder(dataclasses.replace(stored, int8=True), "cpu").precision == "int8"
    assert LibraryModel(store, "cpu", pytest.fail)().precision == "int8"
    assert LibraryModel(store, "cpu", pytest.fail, replace=True)().precision == "int8", "index --reindex"


def test_a_record_that_is_wrong_costs_time_but_is_no_mismatch(name: str, about: About, stored: StoredModel) -> None:
    identity.remember(name, "another fingerprint")
    assert not isinstance(stored_encoder(stored, "cpu"), ReadyEncoder)


def test_weights_that_changed_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = remember_model(store, ColourEncoder())
    changed = ColourEncoder()
    changed.fingerprint = "another"
    monkeypatch.setattr(loading, "load_encoder", lambda *_: changed)
    with pytest.raises(ModelMismatch, match="--reindex"):
        load_stored(stored, "cpu")
    with pytest.raises(ModelMismatch, match="indexed with colour"):
        check_request(stored, "builtin")
    check_request(stored, None)


def test_a_librarys_model_is_loaded_once_and_again_after_a_switch(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str | None] = []

    def load(name: str | None, *_: object) -> ColourEncoder:
        loads.append(name)
        return ColourEncoder(name or "default")

    monkeypatch.setattr(loading, "load_encoder", load)
    monkeypatch.setattr(loading, "load_first_encoder", load)
    model = LibraryModel(store, "cpu", pytest.fail, "A/asked")
    assert model() is model() and loads == ["A/asked"], "a new library takes the one asked for"
    remember_model(store, ColourEncoder("own"))
    assert model() is model() and model().name == "own", "a library has its own"
    switch_to(store, remember_model(store, ColourEncoder("next")))
    assert model().name == "next" and loads == ["A/asked", "own", "next"]
    assert LibraryModel(store, "cpu", pytest.fail, "A/wanted", replace=True)().name == "A/wanted"
