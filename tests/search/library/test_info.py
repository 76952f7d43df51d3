"""Tests of search.library.info: the counts and sizes of a library."""

from __future__ import annotations

from pathlib import Path

import pytest

import search.index.building
import search.index.due
from indexer.store.store import Store
from search.library.info import library_info
from search.library.library import Library
from search.query.ask import nearest
from tests.embeddings import clustered, fill, stored_model


def test_info_counts(library: Library, photos: Path) -> None:
    nearest(library, "red")
    info = library_info(library.store)
    assert (info.model, info.dim, info.pictures, info.embeddings, info.texts) == ("colour", 3, 3, 3, 2)
    assert info.database_bytes > 0 and (info.index, info.index_recall, info.faiss_bytes) == ("exact", 1.0, 0)
    assert [(root.path, root.pictures) for root in info.roots] == [(photos, 3)]
    with Store.in_memory() as empty:
        assert library_info(empty).model is None


def test_info_tells_of_a_large_librarys_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (search.index.building, search.index.due):
        monkeypatch.setattr(module, "EXACT_ROWS", 100)
    model = stored_model(store)
    fill(store, model, clustered(300, seed=0))
    search.index.building.refresh(store, model)
    fill(store, model, clustered(7, seed=1))
    info = library_info(store)
    assert (info.index, info.embeddings, info.index_changes) == ("compressed", 307, 7)
    assert info.faiss_bytes > 0 and 0.9 < info.index_recall <= 1.0
