"""Where a named place is: "Paris", "Paris, Texas", "Munich" or "München", "Japan", "Scotland".

A name alone means a country, else a region, else an island or landscape, else a place. Of several places it is the one
with the most people; a place that only goes by that name elsewhere, or did once, counts for a twentieth. A `note` says
what else a name may mean.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest
from indexer.paths import readable
from search.places.areas import CITIES_FIRST, Part, countries_of, country_called, regions_called
from search.places.gazetteer import open_gazetteer
from search.places.landscapes import landscape_called
from search.places.named import Area, NamedPlace
from search.places.names import LONGEST, place_key

if TYPE_CHECKING:
    from search.places.tables import Gazetteer

WORTH_SAYING = 10_000  # people of another place that is named too
OTHERS = 2  # other places that are named
LARGE, MILLIONS = 100_000, 1_000_000  # people: a smaller place is named; one that has another name, up to a million


def find_place(text: str, say: Callable[[str], None] = lambda line: None) -> NamedPlace | Area:
    """Return the place or area with a name, perhaps with its region or country behind a comma.

    `say` is told before what takes long. Raises InvalidRequest, with similar names, for one that is not known, and
    PlacesMissing if the names of places are not installed.
    """
    gazetteer = open_gazetteer(say)
    head, *behind = (place_key(part) for part in text[:LONGEST].split(","))
    within = [Part.called(part, gazetteer.about) for part in behind if part]
    area = _area(gazetteer, head, within)
    if area is not None:
        return area
    matches = _matches(gazetteer, head)
    inside = [match for match in matches if _is_within(gazetteer, match[0], within)]
    landscape = landscape_called(head)
    if landscape is not None and not within:
        return replace(landscape, note=_note(f"Around {landscape}", _towns(gazetteer, head, matches)))
    if landscape is not None and not any(is_own for _, is_own in inside) and _lies_in(gazetteer, landscape, within):
        return landscape
    if not inside:
        raise _unknown(gazetteer, text, head, [place for place, _ in matches])
    best_is_own = inside[0][1]
    places = [place for place, is_own in inside if is_own or not best_is_own]
    sure = MILLIONS if place_key(gazetteer.name(places[0])) != head else 0 if within else LARGE
    return _named(gazetteer, places, sure)


def _area(gazetteer: Gazetteer, head: str, within: list[Part]) -> Area | None:
    """Return the country or region with a name, a region perhaps with its country behind it; a note names others."""
    about = gazetteer.about
    country = None if within else country_called(head, about.countries, by_code=False)
    areas = [] if country is None else [Area(about.countries[country][2], country)]
    areas += [] if head in CITIES_FIRST else regions_called(head, about)
    areas = [area for area in areas if {part.country for part in within} <= countries_of(area, about)]
    if not areas:
        return None
    others = [area.name for area in areas[1:]]
    if country is None:  # nobody who says Mexico means one of the small towns of that name
        others += _towns(gazetteer, head, _matches(gazetteer, head), countries_of(areas[0], about))
    return areas[0] if within else replace(areas[0], note=_note(f"In {areas[0]}", others))


def _towns(gazetteer: Gazetteer, key: str, matches: list[tuple[int, bool]], besides: Collection[int] = ()) -> list[str]:
    """Return what to write for towns worth saying that have a name as their own, in other countries than `besides`."""
    places = gazetteer.places
    towns = [
        place
        for place, _ in matches
        if place_key(gazetteer.name(place)) == key
        and int(places["population"][place]) >= WORTH_SAYING
        and int(places["country"][place]) not in besides
    ]
    return list(dict.fromkeys(map(gazetteer.label, towns)))


def _note(what: str, others: list[str]) -> str:
    """Return a sentence on what a name is taken for, if it is that of others too."""
    listed = " or ".join(f'"{name}"' for name in others[:OTHERS])
    return f"{what}; for another of that name write {listed}." if listed else ""


def _matches(gazetteer: Gazetteer, key: str) -> list[tuple[int, bool]]:
    """Return the places that have a name with this key, those of the most people first, and whether it is their own."""
    return sorted(gazetteer.owners_of(key), key=lambda owner: gazetteer.people(*owner), reverse=True)


def _is_within(gazetteer: Gazetteer, place: int, within: list[Part]) -> bool:
    """Return whether a place is in all of some countries and regions."""
    record = gazetteer.places[place]
    return all(part.has(int(record["country"]), int(record["region"])) for part in within)


def _lies_in(gazetteer: Gazetteer, landscape: NamedPlace, within: list[Part]) -> bool:
    """Return whether the middle of a landscape is in all of some countries and regions."""
    import numpy as np

    from search.places.nearest import whereabouts

    found = whereabouts(gazetteer, np.array([[landscape.latitude, landscape.longitude]]))
    return all(part.has(int(found.countries[0]), int(found.regions[0])) for part in within)


def _named(gazetteer: Gazetteer, places: list[int], sure: int) -> NamedPlace:
    """Return the first of several places, with a note on the others, or if it has less than `sure` people, on itself.

    Who asks for the Sahara must read that a village in Yemen is called so too, and that pictures near it are sought.
    """
    record = gazetteer.places[places[0]]
    label = gazetteer.label(places[0])
    people = int(record["population"])
    least = min(WORTH_SAYING, max(1, people // 2))
    large = [place for place in places[1:] if gazetteer.places["population"][place] >= least]
    others = [name for name in dict.fromkeys(map(gazetteer.label, large)) if name != label][:OTHERS]
    note = ""
    if large:
        listed = " or ".join(f'"{name}"' for name in others) or "coordinates"
        note = f"Near {label} ({people:,} people), the largest of that name; for another write {listed}."
    elif people < sure:
        note = f"Near {label} ({people:,} people)." if people else f"Near {label}."
    return NamedPlace(label, float(record["latitude"]), float(record["longitude"]), note)


def _unknown(gazetteer: Gazetteer, text: str, head: str, matches: list[int]) -> InvalidRequest:
    """Return the error for a name that no place has, or none in the country or region that was named."""
    from search.places.similar_names import similar_names

    if matches:
        known = " or ".join(f'"{gazetteer.label(place)}"' for place in matches[:OTHERS])
    else:
        known = " or ".join(f'"{name}"' for name in similar_names(gazetteer, head))
    hint = f"perhaps {known}" if known else "names of cities, towns, regions and countries are known"
    asked = readable(text[:LONGEST])
    return InvalidRequest(
        f'No place called "{asked}" is known; {hint}; or write latitude and longitude, such as 48.85,2.35.'
    )
