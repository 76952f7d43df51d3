"""Tests of search.index.due: when an index file needs work."""

from __future__ import annotations

from indexer.store.models import StoredModel
from indexer.store.pictures import forget_files
from indexer.store.roots import roots
from indexer.store.store import Store
from search.index.building import refresh
from search.index.due import count_changes, count_embeddings, is_due
from tests.embeddings import clustered, fill
from tests.search.index.conftest import ROWS, file_of


def test_a_small_library_needs_no_file(store: Store, model: StoredModel) -> None:
    assert count_embeddings(store, model) == ROWS and not is_due(store, model)


def test_a_large_one_needs_a_file_that_is_whole_and_not_far_behind(store: Store, large: StoredModel) -> None:
    assert is_due(store, large)
    refresh(store, large)
    assert not is_due(store, large) and count_changes(store, large) == 0
    fill(store, large, clustered(50, seed=1))
    assert count_changes(store, large) == 50 and not is_due(store, large)
    fill(store, large, clustered(1, seed=2))
    assert is_due(store, large)
    store.read_only = True
    assert not is_due(store, large), "nothing can be done about it"
    store.read_only = False
    refresh(store, large)
    file = file_of(store, large).path
    file.write_bytes(file.read_bytes()[:-1])
    assert is_due(store, large)
    file.unlink()
    assert is_due(store, large)


def test_a_library_that_shrank_far_enough_needs_none_any_more(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    forget_files(store, roots(store)[0], [f"{number}.png" for number in range(ROWS - 251)])
    assert count_embeddings(store, large) == 251 and not is_due(store, large)
    forget_files(store, roots(store)[0], [f"{ROWS - 1}.png"])
    assert is_due(store, large)
