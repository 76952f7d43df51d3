"""Tests of indexer.data_sets.nearest and vector_index: exact scores, and what an index may and may not change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer.arrays import FloatArray
from indexer.data_sets import nearest, pictures_table, vector_index
from indexer.data_sets.pictures_table import PicturesTable
from indexer.errors import InvalidRequest
from tests.data_sets import DESCRIPTION, DIM, rows_of, unit

ROWS = 24_000
NEW = 500  # after the index was made


def in_clusters(count: int, seed: int) -> FloatArray:
    """Return unit vectors around a hundred centres, as pictures of a hundred kinds of things."""
    random = np.random.default_rng(seed)
    vectors = unit(100, seed=99)[random.integers(0, 100, count)] + random.normal(size=(count, DIM)) * 0.1
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


class Library:
    """A table with an index, and all that is in it."""

    def __init__(self, folder: Path) -> None:
        self.table = PicturesTable.create(str(folder), DESCRIPTION)
        self.vectors = in_clusters(ROWS + NEW, 1)
        self.sizes = np.arange(ROWS + NEW) % 100
        rows = rows_of([str(number) for number in range(ROWS + NEW)], self.vectors, size=self.sizes.tolist())
        self.ids = np.array(rows["id"].to_pylist(), dtype=object)
        self.table.commit([rows.slice(0, ROWS)])
        self.table.optimize(least_rows=ROWS)
        self.table.commit([rows.slice(ROWS)])
        self.stored = self.vectors.astype(np.float16).astype(np.float32)

    def truth(self, query: FloatArray, k: int, passing: object = None) -> list[str]:
        scores = self.stored @ query
        if passing is not None:
            scores[~np.asarray(passing)] = -9
        return list(self.ids[np.argsort(-scores)[:k]])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("library"))


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the index used in a library that is so small that reading all is faster."""
    monkeypatch.setattr(nearest, "COST_OF_CANDIDATE", 0)
    monkeypatch.setattr(pictures_table, "FEW_PASSING", 0)


def test_scores_are_the_products_with_what_is_stored(library: Library, eager: None) -> None:
    queries = in_clusters(20, 2)
    for exact in (True, False):
        ids, scores = library.table.nearest(queries, 15, exact=exact)
        place = {id: number for number, id in enumerate(library.ids)}
        for query, names, found in zip(queries, ids, scores, strict=True):
            assert np.allclose(found, library.stored[[place[name] for name in names]] @ query, atol=1e-6)
            assert (np.diff(found) <= 0).all()


def test_without_an_index_nothing_is_missed(library: Library) -> None:
    queries = in_clusters(70, 3)  # more than are asked at once
    ids, _ = library.table.nearest(queries, 10, exact=True)
    assert [list(row) for row in ids] == [library.truth(query, 10) for query in queries]


@pytest.mark.parametrize(("where", "passing"), [(None, 100), ("size < 50", 50), ("size < 10", 10), ("size < 3", 3)])
@pytest.mark.parametrize("k", [10, 100, 200])
def test_the_index_finds_nearly_all(library: Library, where: str | None, passing: int, k: int, eager: None) -> None:
    are_passing = library.sizes < passing
    queries = in_clusters(20, 4)
    found = library.table.nearest(queries, k, where)[0]
    hits = [len({*row} & {*library.truth(query, k, are_passing)}) for query, row in zip(queries, found, strict=True)]
    assert sum(hits) / (20 * k) >= 0.99


def test_the_index_is_used_only_where_it_pays(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    query, scanner = in_clusters(1, 5), library.table.dataset.scanner
    used: list[bool] = []

    def asked(**how: Any) -> Any:
        if how.get("nearest"):
            used.append("ANN" in scanner(**how).explain_plan())
        return scanner(**how)

    monkeypatch.setattr(library.table.dataset, "scanner", asked)
    for cost in (1, 10 * nearest.COST_OF_CANDIDATE):
        monkeypatch.setattr(nearest, "COST_OF_CANDIDATE", cost)
        library.table.nearest(query, 5)
    monkeypatch.setattr(nearest, "COST_OF_CANDIDATE", 1)
    library.table.nearest(query, 5, exact=True)
    library.table.nearest(query, 5, "size = 3")  # so few that all are read
    library.table.nearest(query, 5, "size < 30")
    library.table.nearest(query, 10_000)
    assert used == [True, False, False, False, True, False]


def test_much_that_is_asked_for_is_asked_in_parts(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are asked for by many queries, few embeddings are in memory."""
    monkeypatch.setattr(nearest, "ROWS_AT_ONCE", 250)
    asked: list[int] = []
    scanner = library.table.dataset.scanner
    monkeypatch.setattr(
        library.table.dataset, "scanner", lambda **how: asked.append(len(how["nearest"]["q"])) or scanner(**how)
    )
    queries = in_clusters(5, 6)
    ids, _ = library.table.nearest(queries, 100, exact=True)
    assert asked == [2, 2, 1]
    assert [list(row) for row in ids] == [library.truth(query, 100) for query in queries]


def test_what_came_after_the_index_is_found(library: Library, eager: None) -> None:
    newest = library.stored[ROWS + 7]
    ids, scores = library.table.nearest(newest[None], 1)
    assert ids[0, 0] == library.ids[ROWS + 7]
    assert scores[0, 0] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("size", [3, 50])  # of which the first are few: the search is told which rows do not pass
def test_what_was_deleted_and_replaced_after_the_index_was_made_passes_as_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, eager: None
) -> None:
    vectors = in_clusters(3000, 8)
    rows = rows_of([str(number) for number in range(3000)], vectors, size=[number % 100 for number in range(3000)])
    table = PicturesTable.create(str(tmp_path), DESCRIPTION)
    table.commit([rows])
    table.optimize(least_rows=2000)
    query, where = vectors[1], f"size < {size}"
    ids = rows["id"].to_pylist()
    assert table.nearest(query[None], 1, where)[0][0, 0] == ids[1]
    table.delete("address = '1'")
    table.commit([rows_of(["2", "new"], np.stack([query, -query]), size=[99, 1])])  # and one that passes no more
    for opened in (table, PicturesTable.open(str(tmp_path))):
        found = opened.nearest(query[None], 3000, where)[0][0]
        passing = {id for number, id in enumerate(ids) if number % 100 < size and number not in (1, 2)}
        assert {id for id in found if id is not None} == {*passing, found[opened.count(where) - 1]}
        assert opened.nearest(-query[None], 1, where)[0][0, 0] not in passing
    old = PicturesTable.open(str(tmp_path), table.version - 2)
    assert old.nearest(query[None], 1, where)[0][0, 0] == ids[1]


def test_the_index_that_was_made_with_one_bit_is_used_until_it_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eager: None
) -> None:
    vectors = in_clusters(3000, 8)
    table = PicturesTable.create(str(tmp_path), DESCRIPTION)
    table.commit([rows_of([str(number) for number in range(3000)], vectors)])
    monkeypatch.setattr(vector_index, "BITS", 1)
    table.optimize(least_rows=2000)
    index = vector_index.vector_index(table.dataset)
    assert index is not None and index.bits == 1
    exact = table.nearest(vectors[:5], 10, exact=True)[0].tolist()
    assert table.nearest(vectors[:5], 10)[0].tolist() == exact
    monkeypatch.undo()
    assert table.optimize(least_rows=2000).index == "trained anew"
    index = vector_index.vector_index(table.dataset)
    assert index is not None and index.bits == vector_index.BITS
    assert table.nearest(vectors[:5], 10)[0].tolist() == exact


def test_fewer_rows_than_are_asked_for(tmp_path: Path) -> None:
    table = PicturesTable.create(str(tmp_path), DESCRIPTION)
    ids, scores = table.nearest(unit(2), 3)
    assert ids.tolist() == [[None] * 3] * 2 and np.isnan(scores).all()
    table.commit([rows_of(["a", "b"], unit(2), size=[1, 2])])
    ids, scores = table.nearest(unit(2), 5)
    assert [row.count(None) for row in ids.tolist()] == [3, 3]
    assert np.isnan(scores).sum() == 6
    assert table.nearest(unit(1), 2, "size > 1")[0].tolist()[0][1] is None
    assert table.nearest(unit(1), 2, "size > 7")[0].tolist() == [[None, None]]
    assert table.nearest(unit(1), 0)[0].shape == (1, 0)
    assert table.nearest(unit(0), 2)[0].shape == (0, 2)


def test_an_id_is_found_once_though_others_have_written_it_twice(tmp_path: Path) -> None:
    table = PicturesTable.create(str(tmp_path), DESCRIPTION)
    table.commit([rows_of(["a", "b"], unit(2))])
    table.dataset.insert(rows_of(["a"], unit(1)), mode="append")
    ids, _ = PicturesTable.open(str(tmp_path)).nearest(unit(1), 5)
    assert sum(name is not None for name in ids[0]) == 2


def test_a_query_of_another_dimension_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="16 numbers"):
        PicturesTable.create(str(tmp_path), DESCRIPTION).nearest(unit(1, 16), 3)
