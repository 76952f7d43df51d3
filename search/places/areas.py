"""Areas by name: countries, the states of the USA and the nations of the United Kingdom.

The gazetteer has no borders: a picture is in the area of the nearest place.
"""

from __future__ import annotations

from functools import cache

from search.places.country_names import SPOKEN
from search.places.names import place_key, umlauts_spelled_out

NATIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}
CITIES_FIRST = ("new york", "washington")  # of a city and a state of one name, whoever says no more means the city


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


def region_called(key: str, regions: list[list[str]], *, by_code: bool) -> int | None:
    """Return the number of the region with this name, such as "texas", "tx" or "washington state"."""
    for number, (country, code, name) in enumerate(regions):
        names = {place_key(name), f"{place_key(name)} state"}
        if name and (key in names or (by_code and country == "US" and key == code.lower())):
            return number
    return None
