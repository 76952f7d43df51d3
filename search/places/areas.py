"""Areas by name: countries, the states of the USA and the nations of the United Kingdom.

The gazetteer has no borders: a picture is in the area of the nearest place.
"""

from __future__ import annotations

from search.places.names import place_key

NATIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}
ALIASES = {  # what people call countries that GeoNames calls otherwise; ISO 3166 code of each
    "america": "US",
    "bosnia": "BA",
    "britain": "GB",
    "burma": "MM",
    "cape verde": "CV",
    "china peoples republic": "CN",
    "congo": "CG",
    "cote d ivoire": "CI",
    "cote divoire": "CI",
    "czech republic": "CZ",
    "drc": "CD",
    "dr congo": "CD",
    "east timor": "TL",
    "great britain": "GB",
    "holland": "NL",
    "korea": "KR",
    "macau": "MO",
    "macedonia": "MK",
    "palestine": "PS",
    "republic of ireland": "IE",
    "russian federation": "RU",
    "swaziland": "SZ",
    "turkiye": "TR",
    "uae": "AE",
    "uk": "GB",
    "united states of america": "US",
    "us": "US",
    "usa": "US",
    "vatican city": "VA",
}
CITIES_FIRST = ("new york", "washington")  # of a city and a state of one name, whoever says no more means the city


def country_called(key: str, countries: list[list[str]], *, by_code: bool) -> int | None:
    """Return the number of the country with this name; `by_code` its ISO codes count as names too."""
    code = ALIASES.get(key, "")
    for number, (two, three, name) in enumerate(countries):
        if place_key(name) == key or two == code or (by_code and key in (two.lower(), three.lower())):
            return number
    return None


def region_called(key: str, regions: list[list[str]], *, by_code: bool) -> int | None:
    """Return the number of the region with this name, such as "texas", "tx" or "washington state"."""
    for number, (country, code, name) in enumerate(regions):
        names = {place_key(name), f"{place_key(name)} state"}
        if name and (key in names or (by_code and country == "US" and key == code.lower())):
            return number
    return None
