"""Where a named place is: "Paris", "Paris, Texas", "Munich" or "München", "Japan", "Scotland".

A name alone means a country, else a region, else a place. Of several places it is the one with the most people, and
`NamedPlace.note` says so; a place that only goes by that name elsewhere, or did once, counts for a twentieth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from indexer.paths import readable
from search.places.areas import CITIES_FIRST, country_called, region_called
from search.places.gazetteer import open_gazetteer
from search.places.named import Area, NamedPlace
from search.places.names import LONGEST, place_key

if TYPE_CHECKING:
    from search.places.tables import Gazetteer

WORTH_SAYING = 10_000  # people of another place that is named too
OTHERS = 2  # other places that are named


def find_place(text: str, say: Callable[[str], None] = lambda line: None) -> NamedPlace | Area:
    """Return the place or area with a name, perhaps with its region or country behind a comma.

    `say` is told before what takes long. Raises InvalidRequest, with similar names, for one that is not known, and
    PlacesMissing if the names of places are not installed.
    """
    gazetteer = open_gazetteer(say)
    head, *behind = (place_key(part) for part in text[:LONGEST].split(","))
    within = [part for part in behind if part]
    area = _area(gazetteer, head, within)
    if area is not None:
        return area
    matches = _matches(gazetteer, head)
    inside = [match for match in matches if all(_is_within(gazetteer, match[0], part) for part in within)]
    if not inside:
        raise _unknown(gazetteer, text, head, [place for place, _ in matches])
    best_is_own = inside[0][1]
    return _named(gazetteer, [place for place, is_own in inside if is_own or not best_is_own])


def _area(gazetteer: Gazetteer, head: str, within: list[str]) -> Area | None:
    """Return the country or region with a name; a region perhaps with its country behind it."""
    about = gazetteer.about
    country = None if within else country_called(head, about.countries, by_code=False)
    if country is not None:
        return Area(about.countries[country][2], country)
    region = None if head in CITIES_FIRST else region_called(head, about.regions, by_code=False)
    if region is None:
        return None
    code, _, name = about.regions[region]
    country = next(number for number, known in enumerate(about.countries) if known[0] == code)
    if any(country_called(part, about.countries, by_code=True) != country for part in within):
        return None
    return Area(f"{name}, {about.countries[country][2]}", country, region)


def _matches(gazetteer: Gazetteer, key: str) -> list[tuple[int, bool]]:
    """Return the places that have a name with this key, those of the most people first, and whether it is their own."""
    return sorted(gazetteer.owners_of(key), key=lambda owner: gazetteer.people(*owner), reverse=True)


def _is_within(gazetteer: Gazetteer, place: int, part: str) -> bool:
    """Return whether a place is in a country or region, by its name or code."""
    about, record = gazetteer.about, gazetteer.places[place]
    code, region, name = about.regions[record["region"]]
    regions = {place_key(name), region.lower()} if code == "US" else {place_key(name)}
    return part in regions - {""} or country_called(part, about.countries, by_code=True) == record["country"]


def _named(gazetteer: Gazetteer, places: list[int]) -> NamedPlace:
    """Return the first of several places, with a note on the others."""
    record = gazetteer.places[places[0]]
    label = gazetteer.label(places[0])
    large = [place for place in places[1:] if gazetteer.places["population"][place] >= WORTH_SAYING]
    others = [name for name in dict.fromkeys(map(gazetteer.label, large)) if name != label][:OTHERS]
    note = ""
    if large:
        listed = " or ".join(f'"{name}"' for name in others) or "coordinates"
        people = f"{int(record['population']):,} people"
        note = f"Near {label} ({people}), the largest of that name; for another write {listed}."
    return NamedPlace(label, float(record["latitude"]), float(record["longitude"]), note)


def _unknown(gazetteer: Gazetteer, text: str, head: str, matches: list[int]) -> InvalidRequest:
    """Return the error for a name that no place has, or none in the country or region that was named."""
    from search.places.similar_names import similar_names

    if matches:
        known = " or ".join(f'"{gazetteer.label(place)}"' for place in matches[:OTHERS])
    else:
        known = " or ".join(f'"{name}"' for name in similar_names(gazetteer, head))
    hint = f"perhaps {known}" if known else "names of cities, towns and countries are known"
    asked = readable(text[:LONGEST])
    return InvalidRequest(
        f'No place called "{asked}" is known; {hint}; or write latitude and longitude, such as 48.85,2.35.'
    )
