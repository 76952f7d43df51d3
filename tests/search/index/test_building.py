"""Tests of search.index.building: files that find what an exact search finds, and that mend themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import search.index.building
import search.index.due
import search.index.files
import search.index.vector_index
from indexer.store.models import StoredModel
from indexer.store.pictures import forget_files
from indexer.store.roots import roots
from indexer.store.store import Store
from search.index.building import open_index, refresh
from search.index.compressed import CompressedIndex, lists_for
from search.index.due import count_changes, is_due
from search.index.files import index_file
from search.index.recall import ExactAnswers, SearchEffort
from tests.embeddings import DIM, clustered, fill, stored_model
from tests.search.index.conftest import QUERY, ROWS, expected, file_of, nearest_ids


def test_a_large_library_gets_a_file_that_finds_the_same(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    index = open_index(store, large)
    assert not index.is_exact and file_of(store, large).state.effort.recall >= 0.99
    hits = 0
    for query in clustered(50, seed=3):
        hits += len(set(nearest_ids(index, query, 10)) & set(expected(store, large, query, 10)))
    assert hits >= 0.99 * 500
    best, score = index.search(QUERY, 1)[0]
    assert score == pytest.approx(float(index.vector(best) @ QUERY), abs=1e-6), "scores are not estimates"


def test_many_changes_are_folded_in(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    before = file_of(store, large)
    forget_files(store, roots(store)[0], [f"{number}.png" for number in range(30)])
    ids = fill(store, large, clustered(30, seed=5))
    assert is_due(store, large)
    refresh(store, large)
    after = file_of(store, large)
    assert (after.rows, count_changes(store, large), after.state.trained_rows) == (ROWS, 0, ROWS)
    assert after.path != before.path and not before.path.exists()
    index = open_index(store, large)
    for row, query in zip(ids, clustered(30, seed=5), strict=True):
        assert nearest_ids(index, query, 1) == [row]
    assert not set(nearest_ids(index, QUERY, ROWS // 10)) & set(range(1, 31))
    assert not is_due(store, large)


def test_a_library_that_grew_fourfold_gets_new_lists(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    fill(store, large, clustered(4 * ROWS, seed=6))
    refresh(store, large)
    after = file_of(store, large)
    assert after.state.trained_rows == after.rows == 5 * ROWS
    assert after.lists == lists_for(5 * ROWS) > lists_for(ROWS)


def test_uneven_lists_are_found_anew(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    trained = file_of(store, large).state.trained_rows
    same = QUERY + 0.02 * clustered(2 * ROWS, seed=7)
    fill(store, large, (same / np.linalg.norm(same, axis=1, keepdims=True)).astype(np.float32))
    refresh(store, large)
    assert file_of(store, large).state.trained_rows == 3 * ROWS > trained


def test_a_library_that_shrank_needs_no_file(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    path = file_of(store, large).path
    forget_files(store, roots(store)[0], [f"{number}.png" for number in range(700)])
    refresh(store, large)
    assert index_file(store, large) is None and not path.exists()
    assert len(nearest_ids(open_index(store, large), QUERY, ROWS)) == 200


def delete(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def replace_by_text(path: Path) -> None:
    path.write_text("no index")


def replace_by_as_many_zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("damage", [delete, truncate, replace_by_text, replace_by_as_many_zeros])
def test_a_missing_or_damaged_file_costs_no_answer(
    store: Store, large: StoredModel, damage: Callable[[Path], None]
) -> None:
    refresh(store, large)
    damage(file_of(store, large).path)
    index = open_index(store, large)
    assert index.is_exact
    assert nearest_ids(index, QUERY, 10) == expected(store, large, QUERY, 10)
    fill(store, large, clustered(60, seed=8))
    refresh(store, large)
    assert file_of(store, large).written.is_intact and not open_index(store, large).is_exact


def test_a_flipped_bit_is_never_folded_into_the_next_file(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    path = file_of(store, large).path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    fill(store, large, clustered(60, seed=8))
    refresh(store, large)
    assert file_of(store, large).state.trained_rows == ROWS + 60, "built from the store"


def test_changes_while_a_file_is_built_are_not_lost(
    store: Store, large: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.folder is not None
    added: list[int] = []
    real = search.index.building.least_effort

    def slow(index: CompressedIndex, answers: ExactAnswers) -> SearchEffort:
        with Store.open(store.folder) as other:  # type: ignore[arg-type]
            added.extend(fill(other, large, -QUERY[np.newaxis, :]))
        return real(index, answers)

    monkeypatch.setattr(search.index.building, "least_effort", slow)
    with Store.open(store.folder) as third:
        refresh(third, large)
    # The snapshot ended before the picture came, so it must be among the changes.
    assert nearest_ids(open_index(store, large), -QUERY, 1) == added
    assert count_changes(store, large) == 1


def test_the_quicker_of_two_wins(store: Store, large: StoredModel, monkeypatch: pytest.MonkeyPatch) -> None:
    real = search.index.building.least_effort

    def while_another_is_quicker(index: CompressedIndex, answers: ExactAnswers) -> SearchEffort:
        monkeypatch.setattr(search.index.building, "least_effort", real)
        with Store.open(store.folder) as other:  # type: ignore[arg-type]
            refresh(other, large)
        return real(index, answers)

    monkeypatch.setattr(search.index.building, "least_effort", while_another_is_quicker)
    refresh(store, large)
    assert store.folder is not None
    assert [path.name for path in store.folder.glob("model-*")] == [file_of(store, large).path.name]


def test_a_library_that_cannot_be_written_is_still_searched(
    store: Store, large: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(CompressedIndex, "write", refuse)
    refresh(store, large)
    assert nearest_ids(open_index(store, large), QUERY, 5) == expected(store, large, QUERY, 5)


def test_in_memory() -> None:
    with Store.in_memory() as memory:
        model = stored_model(memory)
        index = open_index(memory, model)
        assert (len(index), index.search(QUERY, 5), index.spread()) == (0, [], None)
        fill(memory, model, clustered(5, seed=0))
        refresh(memory, model)
        assert len(nearest_ids(open_index(memory, model), QUERY, 9)) == 5
    assert QUERY.shape == (DIM,)
