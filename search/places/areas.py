"""Areas by name: countries, the states of the USA, the nations of the United Kingdom, and regions that people ask for.

The gazetteer has no borders: a picture is in the area of the nearest place.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from search.places.country_names import SPOKEN
from search.places.named import Area
from search.places.names import place_key, umlauts_spelled_out
from search.places.region_names import REGION_NAMES

if TYPE_CHECKING:
    from search.places.tables import About

NATIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}
CITIES_FIRST = ("new york", "washington")  # of a city and a state of one name, whoever says no more means the city


@dataclass(frozen=True, slots=True)
class Part:
    """What stands behind a comma: a country or regions, by their numbers; nothing if it is unknown."""

    country: int | None
    regions: frozenset[int]

    @classmethod
    def called(cls, key: str, about: About) -> Part:
        """Return what has this name or code."""
        regions = (area.regions for area in regions_called(key, about, by_code=True))
        return cls(
            country_called(key, about.countries, by_code=True), frozenset(itertools.chain.from_iterable(regions))
        )

    def has(self, country: int, region: int) -> bool:
        """Return whether it has a country or a region in it."""
        return country == self.country or region in self.regions


def country_called(key: str, countries: list[list[str]], *, by_code: bool) -> int | None:
    """Return the number of the country with this name; `by_code` its ISO codes count as names too."""
    code = _spoken().get(key)
    for number, (two, three, name) in enumerate(countries):
        if place_key(name) == key or two == code or (by_code and key in (two.lower(), three.lower())):
            return number
    return None


@cache
def _spoken() -> dict[str, str]:
    """Return the codes of countries by the keys of what else they are called."""
    named = [(name, code) for code, names in SPOKEN.items() for name in names.split("|")]
    return {place_key(form(name)): code for name, code in named for form in (str, umlauts_spelled_out)}


def regions_called(key: str, about: About, *, by_code: bool = False) -> list[Area]:
    """Return the regions with this name, such as "texas", "washington state" or "bayern"; `by_code` "tx" as well."""
    found: list[Area] = []
    names = {country[0]: country[2] for country in about.countries}
    for number, (country, code, name) in enumerate(about.regions):
        called = {place_key(name), f"{place_key(name)} state"} if name else set()
        if key in called or (by_code and country == "US" and key == code.lower()):
            found.append(Area(f"{name}, {names[country]}", regions=(number,)))
    asked_for = _asked_for().get(key, ())
    numbers = {f"{country}.{code}": number for number, (country, code, _) in enumerate(about.regions) if asked_for}
    for codes in asked_for:
        of = {code.partition(".")[0] for code in codes.split()}
        shown = [REGION_NAMES[codes].partition("|")[0], *(names[country] for country in of if len(of) == 1)]
        known = tuple(numbers[code] for code in codes.split() if code in numbers)
        if known:
            found.append(Area(", ".join(shown), regions=known))
    return found


@cache
def _asked_for() -> dict[str, list[str]]:
    """Return the codes of REGION_NAMES by the keys of their names."""
    found: dict[str, list[str]] = {}
    for codes, names in REGION_NAMES.items():
        keys = {place_key(form(name)) for name in names.split("|") for form in (str, umlauts_spelled_out)}
        for key in keys:
            found.setdefault(key, []).append(codes)
    return found


def countries_of(area: Area, about: About) -> set[int]:
    """Return the numbers of the countries that an area is in."""
    codes = {about.regions[number][0] for number in area.regions}
    return {area.country} if not codes else {n for n, country in enumerate(about.countries) if country[0] in codes}
