"""Tests of search.facets.folder_levels: the same counts as opening folder after folder gives."""

from __future__ import annotations

from indexer.store.store import Store
from search.columns.columns import Columns
from search.columns.reading import read_columns
from search.facets.counts import count_folders
from search.facets.folder_levels import count_levels
from search.filters.subtrees import parse_subtree
from tests.search.columns.libraries import random_pictures


def opened(columns: Columns, below: str | None, levels: int) -> list[tuple[str, int]]:
    """Return the folders that one finds by opening each, and those in it."""
    found = []
    for one in count_folders(columns, None, None if below is None else parse_subtree(below)):
        found.append((one.id, one.count))
        if levels:
            found += opened(columns, one.id, levels - 1)
    return found


def test_levels_are_those_that_opening_finds(store: Store) -> None:
    random_pictures(store, 1)
    columns = read_columns(store)
    for levels in range(4):
        found, more = count_levels(columns, levels, 1_000)
        below_odd = [one for one in found if "\\" in one[0] and "/" in one[0]]  # a name of bytes opens nothing
        assert [one for one in found if one not in below_odd] == opened(columns, None, levels) and more == 0


def test_of_too_many_the_largest_are_kept_in_order(store: Store) -> None:
    random_pictures(store, 2)
    columns = read_columns(store)
    whole, none = count_levels(columns, 2, 1_000)
    some, more = count_levels(columns, 2, 5)
    assert none == 0 and more == len(whole) - 5 and some == [one for one in whole if one in some]
    assert sorted((count for _, count in some), reverse=True) == sorted((c for _, c in whole), reverse=True)[:5]


def test_an_empty_library_has_no_folders(store: Store) -> None:
    assert count_levels(read_columns(store), 2, 10) == ([], 0)
