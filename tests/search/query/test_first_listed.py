"""Tests of search.query.first_listed: a page of filters alone is the beginning of the whole list."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.store.store import Store
from search.filters.filters import make_filters
from search.filters.passing import EVERYTHING, Passing
from search.query import first_listed
from search.query.first_listed import newest_hits
from search.query.sorting import sorted_hits
from tests.search.columns.libraries import all_hits, odd_rows, random_pictures


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("count", [1, 7, 40, 150, 299, 1000])
def test_a_page_is_the_beginning_of_all(store: Store, seed: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_listed, "FEW", 5)
    monkeypatch.setattr(first_listed, "BLOCK", 16)
    random_pictures(store, seed)
    odd_rows(store)
    hits = sorted_hits(sorted_hits(list(all_hits(store).values()), "path"), "date")
    assert newest_hits(store, EVERYTHING, count) == hits[:count]
    png = Passing.of(store, make_filters(types="png"))
    assert newest_hits(store, png, count) == [hit for hit in hits if hit.format == "PNG"][:count]


def test_damaged_rows_do_not_shorten_a_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_listed, "FEW", 0)
    random_pictures(store, 1, 100)
    newest = [hit.id for hit in newest_hits(store, EVERYTHING, 40)]
    for image in newest[:30]:
        store.db.execute("UPDATE images SET width = 'wide' WHERE id = ?", [image])
    page = newest_hits(store, EVERYTHING, 40)
    assert len(page) == 40 and [hit.id for hit in page[:10]] == newest[30:]


def test_only_the_index_of_dates_is_read_for_a_page(store: Store, tmp_path: Path) -> None:
    random_pictures(store, 1, 100)
    plan = " ".join(row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {first_listed.DATED}"))
    assert "COVERING INDEX images_taken_at" in plan and "TEMP B-TREE" not in plan
