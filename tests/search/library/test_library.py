"""An open library: its model, its text cache, and an index that follows changes."""

from __future__ import annotations

from pathlib import Path

import pytest

import search.index.building
import search.index.due
from indexer.errors import EncoderFailed, LibraryMissing, ModelMismatch
from indexer.store.store import Store
from search.library.library import Library, open_library, temporary_library
from tests.conftest import MakePicture, run
from tests.embeddings import clustered, fill, stored_model
from tests.fakes import ColourEncoder
from tests.queries import nearest


def test_a_text_seen_before_needs_no_model(library: Library, encoder: ColourEncoder) -> None:
    nearest(library, "red")
    nearest(library, "red")
    assert encoder.texts_encoded == ["red", "a photo of a red"], "each prompt once"


def test_a_failing_text_model_is_told(library: Library) -> None:
    with pytest.raises(EncoderFailed, match="unknown color"):
        nearest(library, "no colour at all")


def test_an_empty_library_and_another_model_are_refused(store: Store, library: Library) -> None:
    assert store.folder
    with pytest.raises(ModelMismatch, match="clipsearch index --model builtin"):
        open_library(store.folder, model="builtin")
    with Store.in_memory() as empty, pytest.raises(LibraryMissing):
        Library(empty)


def test_an_index_run_elsewhere_is_seen(
    library: Library, photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    assert len(nearest(library, "red")) == 3
    assert library.store.folder
    picture("new.png", "red")
    with Store.open(library.store.folder) as other:
        run(other, photos, encoder)
    assert len(nearest(library, "red")) == 4


def test_a_file_made_after_the_library_was_opened_is_used(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (search.index.building, search.index.due):
        monkeypatch.setattr(module, "EXACT_ROWS", 100)
    model = stored_model(store)
    fill(store, model, clustered(300, seed=0))
    library = Library(store)
    assert library.index.is_exact
    with Store.open(store.folder) as other:  # type: ignore[arg-type]
        search.index.building.refresh(other, model)
    assert not library.index.is_exact


def test_what_is_labelled_without_a_library_has_none_to_upgrade() -> None:
    told: list[str] = []
    with temporary_library(None, "cpu", told.append) as library:
        assert library.model.name == "builtin"
    assert len(told) == 1 and "using the built-in model" in told[0]
