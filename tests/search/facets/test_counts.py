"""Tests of search.facets.counts: each count is what counting hits gives, and its name is one that the filters take."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from indexer.paths import readable
from indexer.store.roots import root_paths
from indexer.store.store import Store
from search.columns.columns import Columns, Mask
from search.columns.reading import read_columns
from search.facets.counts import (
    FolderCount,
    YearCount,
    count_cameras,
    count_folders,
    count_known,
    count_types,
    count_years,
)
from search.filters.filters import Filters, make_filters
from search.filters.passing import Passing
from search.filters.subtrees import Subtree, parse_subtree
from search.results import Hit
from tests.search.columns.libraries import all_hits, odd_rows, random_pictures
from tests.search.filters.rows import add


@pytest.fixture(params=[None, 3])
def counted(request: pytest.FixtureRequest, store: Store) -> tuple[Store, Columns, Mask | None, list[Hit]]:
    """A library, its columns, all pictures or every third, and the hits of these."""
    random_pictures(store, 11)
    odd_rows(store)
    columns, hits = read_columns(store), list(all_hits(store).values())
    if request.param is None:
        return store, columns, None, hits
    mask = np.arange(len(columns)) % request.param == 0
    return store, columns, mask, hits[:: request.param]


Counted = tuple[Store, Columns, Mask | None, list[Hit]]


def test_cameras_types_dates_and_places(counted: Counted) -> None:
    _, columns, mask, hits = counted
    assert count_cameras(columns, mask) == Counter(hit.camera for hit in hits if hit.camera)
    assert count_types(columns, mask) == Counter(hit.format.lower() for hit in hits)
    for known, names in ((columns.dated, "taken_at"), (columns.placed, "latitude")):
        have = sum(getattr(hit, names) is not None for hit in hits)
        counts = count_known(known, mask)
        assert (counts.yes, counts.no) == (have, len(hits) - have)
    for counts_of in (count_cameras, count_types):
        counts = list(counts_of(columns, mask).values())
        assert counts == sorted(counts, reverse=True)


def test_years_and_months(counted: Counted) -> None:
    _, columns, mask, hits = counted
    dates = [hit.taken_at for hit in hits if hit.taken_at and hit.taken_at[:4].isascii() and hit.taken_at[:4].isdigit()]
    years = count_years(columns, mask)
    assert {one.year: one.count for one in years} == Counter(int(date[:4]) for date in dates)
    assert [one.year for one in years] == sorted((one.year for one in years), reverse=True)
    months = Counter(date[:7] for date in dates if len(date) > 4 and date[5:7] <= "12")
    assert {month: count for one in years for month, count in one.months.items()} == months
    assert all(list(one.months) == sorted(one.months, reverse=True) for one in years)


def test_folders_hold_what_is_below_them(counted: Counted) -> None:
    store, columns, mask, hits = counted
    roots = root_paths(store)

    def below(folder: str) -> int:
        root, _, path = folder.partition(":")
        around = roots[int(root)] / path
        inside = [columns.tree.places[number][0] for number in columns.folders if mask is None]
        assert mask is not None or len(inside) == len(hits)
        own = zip(hits, columns.folders if mask is None else columns.folders[mask], strict=True)
        return sum(
            columns.tree.places[number][0] == int(root) and hit.path.is_relative_to(around) for hit, number in own
        )

    def walk(parent: Subtree | None) -> int:
        total = 0
        for one in count_folders(columns, mask, parent):
            if "\\x" not in one.id:
                assert one.count == below(one.id)
                assert one.has_more == bool(count_folders(columns, mask, parse_subtree(one.id)))
                walk(parse_subtree(one.id))
            total += one.count
        return total

    assert walk(None) == len(hits)
    assert count_folders(columns, mask, Subtree(1, "nowhere")) == [] == count_folders(columns, mask, Subtree(99))


def test_a_count_is_what_its_filter_lets_pass(store: Store) -> None:
    random_pictures(store, 12)
    add(store, "phone.mpo", format="MPO")
    columns = read_columns(store)
    for name, count in count_types(columns, None).items():
        assert Passing.of(store, make_filters(types=name)).count == count
    for one in count_folders(columns, None, None):
        assert Passing.of(store, Filters(subtrees=(parse_subtree(one.id),))).count == one.count
    assert Passing.of(store, make_filters(dated=True)).count == count_known(columns.dated, None).yes
    assert Passing.of(store, make_filters(placed=False)).count == count_known(columns.placed, None).no


def test_names_of_folders(store: Store) -> None:
    for root in ("/home/a/Photos", "/home/b/Photos", "/scans"):
        add(store, "x/1.jpg", root)
    columns = read_columns(store)
    assert [one.name for one in count_folders(columns, None, None)] == ["/home/a/Photos", "/home/b/Photos", "scans"]
    number = store.db.execute("SELECT id FROM roots WHERE path = '/scans'").fetchone()[0]
    assert count_folders(columns, None, Subtree(number)) == [FolderCount(f"{number}:x", "x", 1, False)]


def test_a_name_that_is_no_text_is_found_by_its_id(store: Store) -> None:
    import os

    image = add(store, os.fsdecode(b"caf\xe9/1.jpg"))
    add(store, "other/2.jpg")
    (folder, _) = count_folders(read_columns(store), None, Subtree(1))
    assert (folder.name, folder.id) == ("caf\\xe9", "1:caf\\xe9")
    passing = Passing.of(store, Filters(subtrees=(parse_subtree(folder.id),)))
    assert passing.listed(store) == [image]
    assert count_folders(read_columns(store), None, parse_subtree(folder.id)) == []
    assert readable(Path(os.fsdecode(b"caf\xe9"))) == "caf\\xe9"


def test_nothing_is_counted_in_an_empty_library(store: Store) -> None:
    columns = read_columns(store)
    assert count_folders(columns, None, None) == [] and count_years(columns, None) == []
    assert count_cameras(columns, None) == {} == count_types(columns, None)


def test_a_year_alone_is_a_year(store: Store) -> None:
    add(store, "1.jpg", taken_at="2021")
    add(store, "2.jpg", taken_at="2021-03")
    assert count_years(read_columns(store), None) == [YearCount(2021, 2, {"2021-03": 1})]
