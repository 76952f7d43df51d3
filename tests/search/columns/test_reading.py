"""Tests of search.columns.reading: the columns say of every picture what its hit says, and sort as hits do."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from indexer.store.roots import root_paths
from indexer.store.store import Store
from search.columns import rows
from search.columns.months import NONE, ODD, month_of
from search.columns.reading import read_columns, read_path_order
from search.filters.filters import make_filters
from search.filters.passing import Passing
from search.query.sorting import sorted_hits
from tests.search.columns.libraries import all_hits, odd_rows, random_pictures


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "ROWS", 64)


@pytest.mark.parametrize("seed", range(4))
def test_columns_are_what_hits_say(store: Store, seed: int) -> None:
    random_pictures(store, seed)
    if seed % 2:
        odd_rows(store)
    hits, columns = all_hits(store), read_columns(store)
    assert columns.ids.tolist() == list(hits) and len(columns) >= 300
    folders = root_paths(store)
    for row, hit in enumerate(hits.values()):
        assert columns.cameras.names[columns.cameras.codes[row]] == (hit.camera or "")
        assert columns.formats.names[columns.formats.codes[row]] == hit.format
        assert columns.months.names[columns.months.codes[row]] == month_of(hit.taken_at)
        assert bool(columns.dated[row]) == (hit.taken_at is not None)
        root, path = columns.tree.places[columns.folders[row]]
        assert folders[root] / path == hit.path.parent
        known = hit.width > 0 and hit.height > 0
        shape = math.log2(hit.width / hit.height) if known else math.log2(4 / 3)
        assert columns.aspects[row] == min(255, max(0, round(128 + 32 * shape)))
        assert bool(columns.placed[row]) == (hit.latitude is not None)
        if hit.latitude is not None and hit.longitude is not None:
            assert columns.latitudes[row] == np.float32(hit.latitude)
            assert columns.longitudes[row] == np.float32(hit.longitude)


@pytest.mark.parametrize("seed", range(4))
def test_orders_are_those_of_hits(store: Store, seed: int) -> None:
    random_pictures(store, seed)
    if seed % 2:
        odd_rows(store)
    hits, columns = list(all_hits(store).values()), read_columns(store)
    by_path = sorted_hits(hits, "path")
    assert columns.ids[read_path_order(store, columns)].tolist() == [hit.id for hit in by_path]
    assert columns.ids[columns.newest].tolist() == [hit.id for hit in sorted_hits(by_path, "date")]
    passing = Passing.of(store, make_filters(types="png"))
    some = [hit.id for hit in sorted_hits(by_path, "date") if hit.format == "PNG"]
    assert columns.ids[columns.by_date(columns.mask(passing))].tolist() == some
    assert columns.by_date(columns.mask(Passing())).tolist() == columns.newest.tolist()


def test_texts_that_are_no_utf8_cost_some_letters(store: Store) -> None:
    random_pictures(store, 1, 50)
    store.db.execute("UPDATE images SET camera_model = CAST(x'ff41' AS TEXT) WHERE id = 1")
    factory = store.db.conn.text_factory
    columns, hits = read_columns(store), all_hits(store)
    assert columns.cameras.names[columns.cameras.codes[0]] == hits[1].camera
    assert store.db.conn.text_factory is factory


def test_a_library_without_pictures_has_empty_columns(store: Store) -> None:
    columns = read_columns(store)
    assert len(columns) == len(columns.newest) == len(read_path_order(store, columns)) == 0
    assert columns.rows(np.array([1, 2])).tolist() == [] and columns.tree.children(None) == []


def test_what_has_changed_meanwhile_has_an_order_all_the_same(store: Store) -> None:
    random_pictures(store, 2, 30)
    columns = read_columns(store)
    store.db.execute("DELETE FROM images WHERE id = 3")
    assert sorted(read_path_order(store, columns).tolist()) == list(range(30))


@pytest.mark.parametrize(
    ("start", "month"),
    [
        ("2021-07-", "2021-07"),
        ("2021", "2021"),
        ("2021-13", "2021"),
        ("x", ODD),
        ("", ODD),
        (None, NONE),
        (b"2021", NONE),
    ],
)
def test_months(start: object, month: str) -> None:
    assert month_of(start) == month


def test_roots_are_named_as_people_read_them(store: Store) -> None:
    random_pictures(store, 3, 60)
    columns = read_columns(store)
    assert set(columns.root_names.values()) == {"/photos", "/photos/a", "/Photos 10"}
    assert Path(columns.root_names[columns.tree.places[0][0]]) in root_paths(store).values()
