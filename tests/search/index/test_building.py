"""Tests of building and what it stands on: exact answers from any index, and files that mend themselves."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import search.index.building
import search.index.due
import search.index.files
import search.index.vector_index
from indexer.store.embeddings import embeddings
from indexer.store.models import StoredModel, switch_to
from indexer.store.pictures import forget_files
from indexer.store.roots import roots
from indexer.store.store import Store
from search.filters.passing import Passing
from search.index.building import open_index, refresh
from search.index.compressed import CompressedIndex, lists_for
from search.index.due import count_changes, is_due
from search.index.files import IndexFile, index_file, is_sound
from search.index.recall import Reach, Truth
from search.index.vector_index import VectorIndex
from tests.embeddings import DIM, clustered, fill, stored_model

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
        monkeypatch.setattr(module, "MANY_CHANGES", 50)
    monkeypatch.setattr(search.index.vector_index, "FEW", 20)
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


def found(index: VectorIndex, query: np.ndarray, k: int, among: np.ndarray | None = None) -> list[int]:
    return [image for image, _ in index.search(query, k, Passing(among))]


QUERY = clustered(1, seed=9)[0]


def test_a_small_library_is_searched_exactly_without_a_file(store: Store, model: StoredModel) -> None:
    refresh(store, model)
    index = open_index(store, model)
    assert index.is_exact and index_file(store, model) is None and count_changes(store, model) == 0
    assert found(index, QUERY, 7) == expected(store, model, QUERY, 7)
    _, rows = stored(store, model)
    assert np.allclose([score for _, score in index.search(QUERY, 7)], np.sort(rows @ QUERY)[::-1][:7], atol=1e-6)


def test_a_large_library_gets_a_file_that_finds_the_same(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    index = open_index(store, large)
    assert not index.is_exact and file_of(store, large).state.reach.recall >= 0.99
    hits = 0
    for query in clustered(50, seed=3):
        hits += len(set(found(index, query, 10)) & set(expected(store, large, query, 10)))
    assert hits >= 0.99 * 500
    best, score = index.search(QUERY, 1)[0]
    assert score == pytest.approx(float(index.vector(best) @ QUERY), abs=1e-6), "scores are not estimates"


@pytest.mark.parametrize("compressed", [False, True])
def test_more_than_there_are_and_a_selection(store: Store, large: StoredModel, compressed: bool) -> None:
    if compressed:
        refresh(store, large)
    index = open_index(store, large)
    assert index.is_exact is not compressed
    assert len(index.search(QUERY, 10 * ROWS)) == ROWS
    assert set(found(index, QUERY, 10, np.array([3, 5]))) == {3, 5}
    assert index.search(QUERY, 10, Passing(np.array([], np.int64))) == []
    assert index.search(QUERY, 0) == []
    for among in (np.arange(1, 15), np.arange(100, 700), np.arange(1, ROWS + 1, 2)):
        assert found(index, QUERY, 10, among) == expected(store, large, QUERY, 10, among)


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
    assert set(found(index, fresh, 2)) == {added, 8}
    assert set(found(index, fresh, 2, np.arange(8, ROWS + 2))) == {added, 8}
    assert 7 not in found(index, stored(store, large)[1][6], ROWS // 10)
    refresh(store, large)
    assert file_of(store, large) == before, "three changes are not many"


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
        assert found(index, query, 1) == [row]
    assert not set(found(index, QUERY, ROWS // 10)) & set(range(1, 31))
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
    assert len(found(open_index(store, large), QUERY, ROWS)) == 200


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
    assert found(index, QUERY, 10) == expected(store, large, QUERY, 10)
    fill(store, large, clustered(60, seed=8))
    refresh(store, large)
    assert is_sound(file_of(store, large)) and not open_index(store, large).is_exact


def test_a_flipped_bit_is_never_folded_into_the_next_file(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    path = file_of(store, large).path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    fill(store, large, clustered(60, seed=8))
    refresh(store, large)
    assert file_of(store, large).state.trained_rows == ROWS + 60, "built from the store"


def test_a_crash_before_the_file_is_named_leaves_all_as_it_was(
    store: Store, large: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(store, large)
    before = file_of(store, large)
    fill(store, large, clustered(60, seed=8))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(search.index.files, "_take_the_place", crash)
        with pytest.raises(KeyboardInterrupt):
            refresh(store, large)
    assert file_of(store, large) == before and count_changes(store, large) == 60
    assert [path.name for path in before.path.parent.glob("model-*")] == [before.path.name]
    assert found(open_index(store, large), QUERY, 10) == expected(store, large, QUERY, 10)


def test_changes_while_a_file_is_built_are_not_lost(
    store: Store, large: StoredModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.folder is not None
    added: list[int] = []
    real = search.index.building.reach

    def slow(index: CompressedIndex, truth: Truth) -> Reach:
        with Store.open(store.folder) as other:  # type: ignore[arg-type]
            added.extend(fill(other, large, -QUERY[np.newaxis, :]))
        return real(index, truth)

    monkeypatch.setattr(search.index.building, "reach", slow)
    with Store.open(store.folder) as third:
        refresh(third, large)
    # The snapshot ended before the picture came, so it must be among the changes.
    assert found(open_index(store, large), -QUERY, 1) == added
    assert count_changes(store, large) == 1


def test_the_quicker_of_two_wins(store: Store, large: StoredModel, monkeypatch: pytest.MonkeyPatch) -> None:
    real = search.index.building.reach

    def while_another_is_quicker(index: CompressedIndex, truth: Truth) -> Reach:
        monkeypatch.setattr(search.index.building, "reach", real)
        with Store.open(store.folder) as other:  # type: ignore[arg-type]
            refresh(other, large)
        return real(index, truth)

    monkeypatch.setattr(search.index.building, "reach", while_another_is_quicker)
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
    assert found(open_index(store, large), QUERY, 5) == expected(store, large, QUERY, 5)


def test_a_model_that_goes_takes_its_file_with_it(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    path = file_of(store, large).path
    other = stored_model(store, "other")
    fill(store, other, clustered(10, seed=1))
    switch_to(store, other)
    os.utime(path, (0, 0))
    assert store.db.execute("SELECT count(*) FROM index_changes").fetchone()[0] == 0
    search.index.files.sweep(store)
    assert not path.exists()


def test_a_file_that_another_process_is_about_to_name_stays(store: Store, large: StoredModel) -> None:
    refresh(store, large)
    path = file_of(store, large).path
    being_made, left = path.with_name("model-1-9-a.faiss.tmp"), path.with_name("model-1-9-b.faiss")
    being_made.touch()
    left.touch()
    os.utime(left, (0, 0))
    fill(store, large, clustered(60, seed=8))
    refresh(store, large)
    assert being_made.exists() and not left.exists() and not path.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="such names are there on Linux alone")
def test_a_library_whose_name_is_not_utf8(tmp_path: Path, large: StoredModel) -> None:
    with Store.create(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))) as store:
        model = stored_model(store)
        fill(store, model, clustered(ROWS, seed=0))
        refresh(store, model)
        assert not open_index(store, model).is_exact
        fill(store, model, clustered(60, seed=1))
        refresh(store, model)
        assert count_changes(store, model) == 0 and file_of(store, model).rows == ROWS + 60
        assert found(open_index(store, model), QUERY, 10) == expected(store, model, QUERY, 10)


def test_the_spread_foretells_scores(store: Store, large: StoredModel) -> None:
    for compressed in (False, True):
        if compressed:
            refresh(store, large)
        spread = open_index(store, large).spread()
        assert spread is not None and spread.count == ROWS
        scores = stored(store, large)[1] @ QUERY
        mean, deviation = spread.of_scores(QUERY)
        assert mean == pytest.approx(scores.mean(), abs=0.02)
        assert deviation == pytest.approx(scores.std(), rel=0.15)


def test_in_memory() -> None:
    with Store.in_memory() as memory:
        model = stored_model(memory)
        index = open_index(memory, model)
        assert (len(index), index.search(QUERY, 5), index.spread()) == (0, [], None)
        fill(memory, model, clustered(5, seed=0))
        refresh(memory, model)
        assert len(found(open_index(memory, model), QUERY, 9)) == 5
    assert QUERY.shape == (DIM,)
