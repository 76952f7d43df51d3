"""Tests of search.checking.index_files: bytes, ids, and whether embeddings find themselves."""

from __future__ import annotations

import pytest

import search.index.building
import search.index.due
from indexer.store.models import StoredModel
from indexer.store.store import Store
from search.index.building import refresh
from search.index.checksums import xxh3_of
from search.index.files import index_file
from tests.embeddings import clustered, fill, stored_model
from tests.search.checking.conftest import checked


@pytest.fixture
def model(store: Store, monkeypatch: pytest.MonkeyPatch) -> StoredModel:
    """A model with an index file, in a world where 500 embeddings are many."""
    for module in (search.index.building, search.index.due):
        monkeypatch.setattr(module, "EXACT_ROWS", 500)
    model = stored_model(store)
    fill(store, model, clustered(900, seed=0))
    refresh(store, model)
    return model


@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "name", "row"])
def test_a_damaged_file_is_built_anew(store: Store, model: StoredModel, damage: str) -> None:
    assert checked(store) == []
    file = index_file(store, model)
    assert file is not None
    content = bytearray(file.path.read_bytes())
    content[len(content) // 2] ^= 1
    if damage == "flip":
        file.path.write_bytes(content)
    elif damage == "cut":
        file.path.write_bytes(content[:-1])
    elif damage == "gone":
        file.path.unlink()
    elif damage == "name":
        store.db.execute("UPDATE index_files SET name = '../../odd.faiss'")
    else:
        store.db.execute("UPDATE index_files SET trained_rows = 0, probes = 'x'")
    assert checked(store, repair=False) == [("index", "can be repaired")]
    assert checked(store) == [("index", "repaired")] and checked(store) == []


def test_a_file_of_other_pictures_or_vectors_is_built_anew(store: Store, model: StoredModel) -> None:
    with store.writing():
        store.db.execute("DELETE FROM embeddings WHERE image = 7")
        store.db.execute("DELETE FROM index_changes")
    assert checked(store) == [("index", "repaired")] and checked(store) == []
    for image, vector in enumerate(clustered(899, seed=5)[::-1], 8):
        store.db.execute("UPDATE embeddings SET vector = ? WHERE image = ?", [vector.astype("<f2").tobytes(), image])
    store.db.execute("DELETE FROM index_changes")
    assert checked(store) == [("index", "repaired")] and checked(store) == []


def test_a_file_that_faiss_cant_open_is_built_anew(store: Store, model: StoredModel) -> None:
    file = index_file(store, model)
    assert file is not None
    file.path.write_bytes(b"odd" * 100)
    store.db.execute("UPDATE index_files SET bytes = 300, xxh3 = ?", [xxh3_of(file.path)])
    assert checked(store) == [("index", "repaired")] and checked(store) == []
