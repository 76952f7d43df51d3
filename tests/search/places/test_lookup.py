"""Tests of search.places.lookup: which place a name means."""

from __future__ import annotations

import socket

import pytest

from indexer.errors import InvalidRequest
from search.places.country_names import SPOKEN
from search.places.gazetteer import open_gazetteer
from search.places.lookup import find_place
from search.places.named import Area, NamedPlace
from search.places.names import place_key


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Paris", "Paris, France"),
        ("paris, FRANCE", "Paris, France"),
        ("Paris, Texas", "Paris, Texas, United States"),
        ("Paris, TX, USA", "Paris, Texas, United States"),
        ("Paris, US", "Paris, Texas, United States"),
        ("Paris, Texas, United States", "Paris, Texas, United States"),
        ("München", "Munich, Germany"),
        ("MU\u0308NCHEN", "Munich, Germany"),
        ("muenchen", "Munich, Germany"),
        ("munchen", "Munich, Germany"),
        ("東京", "Tokyo, Japan"),
        ("Москва", "Moscow, Russia"),
        ("Rom", "Rome, Italy"),
        ("York", "York, England, United Kingdom"),
        ("New York", "New York City, New York, United States"),
        ("Washington", "Washington, District of Columbia, United States"),
        ("st louis", "St. Louis, Missouri, United States"),
        ("London, Canada", "London, Canada"),
        ("London, CA", "London, Canada"),
        ("den haag", "The Hague, The Netherlands"),
    ],
)
def test_a_city(asked: str, found: str) -> None:
    place = find_place(asked)
    assert isinstance(place, NamedPlace) and str(place) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Japan", "Japan"),
        ("uk", "United Kingdom"),
        ("Great Britain", "United Kingdom"),
        ("USA", "United States"),
        ("the netherlands", "The Netherlands"),
        ("Côte d\u2019Ivoire", "Ivory Coast"),
        ("Georgia", "Georgia"),
        ("Georgia, US", "Georgia, United States"),
        ("Texas", "Texas, United States"),
        ("New York State", "New York, United States"),
        ("Scotland", "Scotland, United Kingdom"),
        ("Mexico", "Mexico"),
        ("Deutschland", "Germany"),
        ("espana", "Spain"),
        ("日本", "Japan"),
        ("Österreich", "Austria"),
        ("Oesterreich", "Austria"),
    ],
)
def test_a_country_or_region(asked: str, found: str) -> None:
    area = find_place(asked)
    assert isinstance(area, Area) and str(area) == found


def test_the_name_of_several_places_has_a_note() -> None:
    many, one = find_place("Springfield"), find_place("Munich")
    assert isinstance(many, NamedPlace) and isinstance(one, NamedPlace)
    assert '"Springfield, Massachusetts, United States"' in many.note and one.note == ""


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ("Sahara", "Near Shahārat al Ghīs, Yemen."),
        ("Jura", "Near Győr, Hungary (129,301 people)."),
        ("Interlaken", '"Interlaken, Switzerland"'),
        ("Interlaken, Switzerland", ""),
        ("München", ""),
        ("Lyon", ""),
    ],
)
def test_a_place_that_may_not_be_meant_is_named(asked: str, note: str) -> None:
    place = find_place(asked)
    assert isinstance(place, NamedPlace) and (note in place.note if note else not place.note)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("Pariss", '"Paris, France"'),
        ("Muenchenn", '"Munich, Germany"'),
        ("Barcellonna", '"Barcelona, Spain"'),
        ("Copenhaggenn", '"Copenhagen"'),
        ("Jpan", '"Japan"'),
        ("Texsa", '"Texas"'),
        ("Paris, Japan", '"Paris, France"'),
        ("xyzzyqwert", "cities, towns, regions and countries"),
        ("?!", "cities, towns, regions and countries"),
        ("x" * 5000, "cities, towns, regions and countries"),
        ("a\udcffb", r"a\\xffb"),
    ],
)
def test_an_unknown_name(asked: str, hint: str) -> None:
    with pytest.raises(InvalidRequest, match=hint) as raised:
        find_place(asked)
    assert len(str(raised.value)) < 500 and "48.85,2.35" in str(raised.value)


def test_no_network_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", None)
    assert str(find_place("Lyon")) == "Lyon, France"


def test_what_countries_are_called_is_unmistakable() -> None:
    countries = open_gazetteer().about.countries
    codes = {country[0] for country in countries}
    called = [(place_key(name), code) for code, names in SPOKEN.items() for name in names.split("|")]
    assert codes >= set(SPOKEN) and len(dict(called)) == len(called)
    english = {place_key(name): code for code, _, name in countries}
    assert all(english.get(key, code) == code for key, code in called)
