"""Tests of search.places.towns: the largest towns."""

from __future__ import annotations

import pytest

from search.places import towns


def test_the_largest_come_first() -> None:
    found = towns.largest_towns(300, 100)
    assert found is not None
    assert (len(found.latitudes), len(found.longitudes), len(found.names)) == (300, 300, 100)
    at = found.names.index("Tokyo")
    assert at < 50
    assert found.latitudes[at] == pytest.approx(35.69, abs=0.1)
    assert found.longitudes[at] == pytest.approx(139.69, abs=0.1)


def test_without_names_of_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(towns, "gazetteer_if_any", lambda: None)
    assert towns.largest_towns(3, 3) is None
