"""Fixtures and helpers: a model with made-up embeddings, and what a search must find among them."""

from __future__ import annotations

import numpy as np
import pytest

import search.index.building
import search.index.due
import search.index.files
import search.index.vector_index
from indexer.store.embeddings import embeddings
from indexer.store.models import StoredModel
from indexer.store.store import Store
from search.filters.passing import Passing
from search.index.files import IndexFile, index_file
from search.index.vector_index import VectorIndex
from tests.embeddings import clustered, fill, stored_model

ROWS = 900


@pytest.fixture
def model(store: Store) -> StoredModel:
    """A model that has embedded clustered pictures."""
    model = stored_model(store)
    fill(store, model, clustered(ROWS, seed=0))
    return model


@pytest.fixture
def large(store: Store, model: StoredModel, monkeypatch: pytest.MonkeyPatch) -> StoredModel:
    """The same, in a world where that is many."""
    for module in (search.index.building, search.index.due):
        monkeypatch.setattr(module, "EXACT_ROWS", 500)
    monkeypatch.setattr(search.index.due, "MANY_CHANGES", 50)
    monkeypatch.setattr(search.index.building, "ROWS_PER_CHANGE", 50)
    monkeypatch.setattr(search.index.vector_index, "READ_DIRECTLY", 20)
    return model


def file_of(store: Store, model: StoredModel) -> IndexFile:
    file = index_file(store, model)
    assert file is not None
    return file


def stored(store: Store, model: StoredModel) -> tuple[np.ndarray, np.ndarray]:
    blocks = list(embeddings(store, model))
    return np.concatenate([ids for ids, _ in blocks]), np.concatenate([rows for _, rows in blocks])


def expected(store: Store, model: StoredModel, query: np.ndarray, k: int, among: np.ndarray | None = None) -> list[int]:
    ids, rows = stored(store, model)
    if among is not None:
        ids, rows = ids[np.isin(ids, among)], rows[np.isin(ids, among)]
    return list(ids[np.argsort(-(rows @ query), kind="stable")][:k])


def nearest_ids(index: VectorIndex, query: np.ndarray, k: int, among: np.ndarray | None = None) -> list[int]:
    return [image for image, _ in index.search(query, k, Passing(among))]


QUERY = clustered(1, seed=9)[0]
