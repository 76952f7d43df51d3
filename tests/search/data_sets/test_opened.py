"""Tests of search.data_sets.opened: the companion of a model, and data sets that say odd things of it."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.data_sets.description import Description
from indexer.data_sets.pictures_table import PicturesTable
from indexer.errors import LibraryDamaged, LibraryMissing, ModelMismatch, ModelNotAllowed
from indexer.store.models import active_model
from indexer.store.store import DATABASE_NAME
from indexer.store.texts import cache_texts, cached_texts
from search.data_sets.opened import companion_folder, companion_store, open_data_set
from tests.data_sets import DESCRIPTION, rows_of, unit

STRANGE = replace(DESCRIPTION, model="hf-hub:someone/else", fingerprint="e" * 64)


def made(place: Path, description: Description) -> str:
    table = PicturesTable.create(str(place), description)
    table.commit([rows_of(["a.jpg"], unit(1), description)])
    return str(place)


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "cache"))


def test_texts_are_kept_for_all_data_sets_of_a_model(tmp_path: Path) -> None:
    first, second = made(tmp_path / "one", DESCRIPTION), made(tmp_path / "two", DESCRIPTION)
    with open_data_set(first) as opened:
        cache_texts(opened.companion.store, opened.model, {"cup": unit(1)[0]})
    with open_data_set(second) as opened:
        assert opened.companion.embed(["cup"]) == pytest.approx(unit(1))
    with open_data_set(made(tmp_path / "other", STRANGE)) as opened:
        assert cached_texts(opened.companion.store, opened.model, ["cup"]) == {}


def test_what_one_data_set_says_of_a_model_is_not_believed_of_another(tmp_path: Path) -> None:
    """The same fingerprint under another name or scale is another companion."""
    lying = replace(DESCRIPTION, model="hf-hub:someone/else", logit_scale=7.0)
    assert companion_folder(lying) != companion_folder(DESCRIPTION)
    with open_data_set(made(tmp_path / "lying", lying)) as opened:
        assert opened.model.name == "hf-hub:someone/else"
        with pytest.raises(ModelNotAllowed, match="someone/else"):
            opened.companion.embed(["cup"])
    with open_data_set(made(tmp_path / "honest", DESCRIPTION)) as opened:
        assert (opened.model.name, opened.model.logit_scale) == (DESCRIPTION.model, DESCRIPTION.logit_scale)


def test_a_fingerprint_is_no_path(tmp_path: Path) -> None:
    leading = replace(DESCRIPTION, fingerprint="../../../escaped")
    folder = companion_folder(leading)
    assert folder.parent == tmp_path / "cache" / "data-sets" and folder.name.isalnum()


def test_a_cache_that_cannot_be_used_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = made(tmp_path / "one", DESCRIPTION)
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "file"))
    with open_data_set(address) as opened:
        assert opened.companion.store.folder is None and opened.pictures.count() == 1


def test_a_damaged_companion_is_made_anew(tmp_path: Path) -> None:
    address = made(tmp_path / "one", DESCRIPTION)
    with open_data_set(address) as opened:
        folder = opened.companion.store.folder
    assert folder is not None
    (folder / DATABASE_NAME).write_bytes(b"no database at all" * 1000)
    with open_data_set(address) as opened:
        assert opened.companion.store.folder == folder and opened.model.name == DESCRIPTION.model


def test_many_may_open_one_at_once(tmp_path: Path) -> None:
    def opened(_: int) -> str:
        with companion_store(DESCRIPTION) as store:
            model = active_model(store)
            assert model is not None
            return model.fingerprint

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(opened, range(24))) == {DESCRIPTION.fingerprint}


@pytest.mark.parametrize("odd", [{"dim": 10**6}, {"logit_scale": math.nan}, {"logit_bias": math.inf}, {"model": ""}])
def test_a_description_that_cannot_be_true(tmp_path: Path, odd: dict[str, object]) -> None:
    table = PicturesTable.create(str(tmp_path / "one"), DESCRIPTION)
    record = json.loads(next(iter(DESCRIPTION.metadata().values()))) | odd
    table.dataset.update_schema_metadata({"clipsearch": json.dumps(record)}, replace=True)
    with pytest.raises(LibraryDamaged) as error:
        open_data_set(str(tmp_path / "one"))
    assert "\n" not in str(error.value)


def test_another_model_and_no_library(tmp_path: Path) -> None:
    address = made(tmp_path / "one", DESCRIPTION)
    with pytest.raises(ModelMismatch, match="leave --model out"):
        open_data_set(address, model="ViT-B-32/openai")
    with open_data_set(address, model="builtin") as opened:
        assert opened.model.name == "builtin"
    with pytest.raises(LibraryMissing):
        open_data_set(str(tmp_path / "none"))
