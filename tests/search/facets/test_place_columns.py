"""Tests of search.facets.place_columns: the counts are those of search.places.facets."""

from __future__ import annotations

import random

import numpy as np
import pytest

from indexer.store.store import Store
from search.columns.reading import read_columns
from search.facets import place_columns
from search.facets.opening import OpenPlaces
from search.facets.place_columns import read_places
from search.places.facets import count_places
from tests.search.columns.libraries import odd_rows
from tests.search.filters.rows import add


def test_counts_are_those_of_the_store(store: Store) -> None:
    chance = random.Random(4)
    for number in range(60):
        place = chance.choice([(48.8566, 2.3522), (35.68, 139.69), (0.0, -30.0), (51.5, -0.12)])
        add(store, f"{number}.jpg", latitude=place[0] + chance.uniform(0, 0.02), longitude=place[1])
    add(store, "nowhere.jpg")
    odd_rows(store)
    columns = read_columns(store)
    places = read_places(columns)
    whole = count_places(store)
    assert places.counts(None) == (whole.countries, whole.places) and len(whole.countries) == 3
    mask = columns.ids % 3 == 0
    some = count_places(store, columns.ids[mask].astype(np.int64))
    assert places.counts(mask) == (some.countries, some.places)
    assert places.counts(np.zeros(len(columns), dtype=bool)) == ({}, {})


def test_without_names_there_are_no_counts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store, "1.jpg", latitude=48.85, longitude=2.35)
    monkeypatch.setattr(place_columns, "gazetteer_if_any", lambda: None)
    assert read_places(read_columns(store)).counts(None) == ({}, {})


def test_places_are_found_once_for_each_state(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store, "1.jpg", latitude=48.85, longitude=2.35)
    opened, columns = OpenPlaces(), read_columns(store)
    assert not opened.are_ready(columns)
    places = opened.of(columns)
    assert opened.of(columns) is places and opened.are_ready(columns)
    add(store, "2.jpg", latitude=48.85, longitude=2.35)
    assert len(opened.of(read_columns(store)).rows) == 2
