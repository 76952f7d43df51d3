"""Tests of search.places.facets: pictures counted by country and place."""

from __future__ import annotations

import numpy as np

from indexer.store.store import Store
from search.places.facets import PlaceCounts, count_places
from tests.search.filters.rows import add


def test_counts_are_of_all_or_of_some(store: Store) -> None:
    spots = [(48.85, 2.35), (48.86, 2.36), (45.76, 4.84), (35.68, 139.69), (30.0, -40.0), (None, None), ("x", 2.0)]
    ids = [add(store, f"{number}.jpg", latitude=at[0], longitude=at[1]) for number, at in enumerate(spots)]
    assert count_places(store) == PlaceCounts(
        {"France": 3, "Japan": 1}, {"Paris, France": 2, "Lyon, France": 1, "Tokyo, Japan": 1}
    )
    assert count_places(store, np.array(ids[2:5])).countries == {"France": 1, "Japan": 1}
    assert next(iter(count_places(store).places)) == "Paris, France"


def test_nothing_to_count(store: Store) -> None:
    add(store, "a.jpg")
    assert count_places(store) == count_places(store, np.array([], dtype=np.int64)) == PlaceCounts()
