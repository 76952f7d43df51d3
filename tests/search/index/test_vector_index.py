"""Tests of search.index.vector_index: exact answers, with and without a compressed index."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.store.models import StoredModel
from indexer.store.store import Store
from search.filters.passing import Passing
from search.index.building import open_index, refresh
from search.index.due import count_changes
from search.index.files import index_file
from tests.embeddings import fill
from tests.search.index.conftest import QUERY, ROWS, expected, file_of, nearest_ids, stored


def test_a_small_library_is_searched_exactly_without_a_file(store: Store, model: StoredModel) -> None:
    refresh(store, model)
    index = open_index(store, model)
    assert index.is_exact and index_file(store, model) is None and count_changes(store, model) == 0
    assert nearest_ids(index, QUERY, 7) == expected(store, model, QUERY, 7)
    _, rows = stored(store, model)
    assert np.allclose([score for _, score in index.search(QUERY, 7)], np.sort(rows @ QUERY)[::-1][:7], atol=1e-6)


@pytest.mark.parametrize("compressed", [False, True])
def test_more_than_there_are_and_a_selection(store: Store, large: StoredModel, compressed: bool) -> None:
    if compressed:
        refresh(store, large)
    index = open_index(store, large)
    assert index.is_exact is not compressed
    assert len(index.search(QUERY, 10 * ROWS)) == ROWS
    assert set(nearest_ids(index, QUERY, 10, np.array([3, 5]))) == {3, 5}
    assert index.search(QUERY, 10, Passing(np.array([], np.int64))) == []
    assert index.search(QUERY, 0) == []
    for among in (np.arange(1, 15), np.arange(100, 700), np.arange(1, ROWS + 1, 2)):
        assert nearest_ids(index, QUERY, 10, among) == expected(store, large, QUERY, 10, among)


@pytest.mark.parametrize("compressed", [False, True])
def test_blocks_and_single_vectors_are_the_stored_ones(store: Store, large: StoredModel, compressed: bool) -> None:
    if compressed:
        refresh(store, large)
    index = open_index(store, large)
    ids, rows = stored(store, large)
    blocks = list(index.blocks(rows=70))
    assert np.array_equal(np.concatenate([some for some, _ in blocks]), ids)
    assert np.allclose(np.concatenate([some for _, some in blocks]), rows)
    assert np.allclose(index.vector(int(ids[4])), rows[4])
    with pytest.raises(KeyError):
        index.vector(10_000)


def test_what_has_changed_since_is_found_without_a_new_file(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    before = file_of(store, large)
    fresh = -QUERY
    (added,) = fill(store, large, fresh[np.newaxis, :])
    store.db.execute("DELETE FROM images WHERE id = 7")
    store.db.execute(
        "UPDATE embeddings SET vector = (SELECT vector FROM embeddings WHERE image = ?) WHERE image = 8", [added]
    )
    index = open_index(store, large)
    assert len(index) == ROWS
    assert set(nearest_ids(index, fresh, 2)) == {added, 8}
    assert set(nearest_ids(index, fresh, 2, np.arange(8, ROWS + 2))) == {added, 8}
    assert 7 not in nearest_ids(index, stored(store, large)[1][6], ROWS // 10)
    refresh(store, large)
    assert file_of(store, large) == before, "three changes are not many"


def test_for_many_results_no_list_is_left_out(
    store: Store, large: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(store, large)
    store.db.execute("UPDATE index_files SET probes = 1, depth = 4")
    index = open_index(store, large)
    assert not index.is_exact
    right = expected(store, large, QUERY, 60)
    assert set(nearest_ids(index, QUERY, 60)) != set(right), "one list does not hold them"
    monkeypatch.setattr("search.index.vector_index.NEAREST", 50)
    assert len(set(nearest_ids(index, QUERY, 60)) & set(right)) >= 58
    ids, scores = index.nearest(QUERY, 60)
    assert ids.tolist() == nearest_ids(index, QUERY, 60) and (np.diff(scores) <= 0).all()


@pytest.mark.parametrize("compressed", [False, True])
def test_all_that_score_so_much_are_found(store: Store, large: StoredModel, compressed: bool) -> None:
    if compressed:
        refresh(store, large)
    index = open_index(store, large)
    ids, rows = stored(store, large)
    some = np.sort(ids[::3])
    for lowest in (-2.0, 0.1, 0.5, 2.0):
        assert index.at_least(QUERY, lowest).tolist() == sorted(ids[rows @ QUERY >= lowest])
        within = sorted(image for image in ids[rows @ QUERY >= lowest] if image in set(some.tolist()))
        assert index.at_least(QUERY, lowest, Passing(some)).tolist() == within
