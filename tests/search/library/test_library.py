"""Tests of search.library.library and what it is made of: queries, probabilities, info."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import search.index.building
import search.index.due
from indexer.errors import EncoderFailed, FolderError, InvalidRequest, LibraryMissing, ModelMismatch
from indexer.store.roots import remove_root
from indexer.store.store import Store
from search.filters.filters import make_filters
from search.index.vector_index import VectorIndex
from search.labels.probabilities import probabilities
from search.library.info import library_info
from search.library.library import Library, open_library
from search.query.ask import Asked, Cutoff, ask, nearest
from search.query.terms import make_query
from search.results import Hit
from tests.conftest import MakePicture, run
from tests.embeddings import clustered, fill, stored_model
from tests.fakes import ColourEncoder


def names(hits: list[Hit]) -> list[str]:
    return [hit.path.name for hit in hits]


def test_query_ranks_by_cosine(library: Library) -> None:
    hits = nearest(library, "something red", k=2)
    assert len(hits) == 2
    assert hits[0].path.name == "red.png"
    assert hits[0].score == pytest.approx(1.0, abs=1e-3)
    assert hits[1].score == pytest.approx(0.0, abs=1e-3)
    assert hits[0].path.is_absolute() and hits[0].path.exists()


def test_query_in_a_folder(library: Library, photos: Path) -> None:
    assert names(nearest(library, "red", filters=make_filters(folder=photos / "b"))) == ["lime.png"]
    assert len(nearest(library, "red", filters=make_filters(folder=photos))) == 3
    assert len(nearest(library, "red", filters=make_filters(folder=photos.parent))) == 3
    with pytest.raises(FolderError, match="clipsearch index"):
        nearest(library, "red", filters=make_filters(folder=photos.parent / "elsewhere"))


@pytest.mark.parametrize("cutoff", ["some", None, 5, 1.5, float("nan")])
def test_senseless_cutoffs(library: Library, cutoff: Any) -> None:
    with pytest.raises(InvalidRequest, match="from -1 to 1"):
        ask(library, Asked(make_query("red"), cutoff=cutoff))


@pytest.mark.parametrize(("text", "k"), [("", 5), ("  ", 5), ("red", 0), ("\udcff", 5)])
def test_senseless_queries(library: Library, text: str, k: int) -> None:
    with pytest.raises(InvalidRequest):
        nearest(library, text, k)


def test_a_text_seen_before_needs_no_model(library: Library, encoder: ColourEncoder) -> None:
    nearest(library, "red")
    nearest(library, "red")
    assert encoder.texts_encoded == ["red", "a photo of a red"], "each prompt once"


def test_a_failing_text_model_is_told(library: Library) -> None:
    with pytest.raises(EncoderFailed, match="unknown color"):
        nearest(library, "no colour at all")


def test_probabilities_equal_the_formulas() -> None:
    cosines = np.array([[0.3, 0.1], [-0.2, 0.9]], np.float32)
    weights = np.exp(100.0 * cosines.astype(np.float64))
    assert np.allclose(probabilities(cosines, 100.0, None), weights / weights.sum(1, keepdims=True), atol=1e-6)
    assert np.allclose(probabilities(cosines, 10.0, -1.0), 1 / (1 + np.exp(-(10 * cosines - 1))), atol=1e-6)
    assert np.isfinite(probabilities(cosines * 1e4, 100.0, None)).all()


def test_an_empty_library_and_another_model_are_refused(store: Store, library: Library) -> None:
    assert store.folder
    with pytest.raises(ModelMismatch, match="clipsearch index --model builtin"):
        open_library(store.folder, model="builtin")
    with Store.in_memory() as empty, pytest.raises(LibraryMissing):
        Library(empty)


def test_info_counts(library: Library, photos: Path) -> None:
    nearest(library, "red")
    info = library_info(library.store)
    assert (info.model, info.dim, info.pictures, info.embeddings, info.texts) == ("colour", 3, 3, 3, 2)
    assert info.database_bytes > 0 and (info.index, info.index_recall, info.faiss_bytes) == ("exact", 1.0, 0)
    assert [(root.path, root.pictures) for root in info.roots] == [(photos, 3)]
    with Store.in_memory() as empty:
        assert library_info(empty).model is None


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


@pytest.mark.parametrize("cutoff", ["auto", "none"])
def test_a_picture_forgotten_during_a_query_spoils_no_answer(
    library: Library, photos: Path, monkeypatch: pytest.MonkeyPatch, cutoff: Cutoff
) -> None:
    real = VectorIndex.search

    def meanwhile(index: VectorIndex, *asked: Any) -> list[tuple[int, float]]:
        found = real(index, *asked)
        with Store.open(library.store.folder) as other:  # type: ignore[arg-type]
            remove_root(other, photos)
        return found

    monkeypatch.setattr(VectorIndex, "search", meanwhile)
    assert len(ask(library, Asked(make_query("red"), cutoff=cutoff)).nearest) == 3
    assert nearest(library, "red") == []
