"""Tests of search.places.naming: hits with the names of places."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.places import gazetteer
from search.places.naming import with_places
from search.results import Hit


def hit(latitude: float | None, longitude: float | None) -> Hit:
    return Hit(Path("/a.jpg"), None, latitude=latitude, longitude=longitude)


def test_hits_get_their_places_and_keep_their_order() -> None:
    hits = [hit(48.85, 2.35), hit(None, None), hit(30.0, -40.0), hit(23.0, 10.0), hit(0.0, None)]
    named = with_places(hits)
    assert [(each.place, each.country) for each in named] == [
        ("Paris, France", "France"),
        (None, None),
        (None, None),
        (None, "Algeria"),
        (None, None),
    ]
    assert [each.latitude for each in named] == [each.latitude for each in hits]
    assert with_places([]) == []


def test_without_the_names_hits_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gazetteer, "PACKAGE", "no_such_package")
    assert with_places([hit(48.85, 2.35)]) == [hit(48.85, 2.35)]
