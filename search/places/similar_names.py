"""Names of places that are spelled nearly as a given one."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import TYPE_CHECKING

from search.places.landscapes import LANDSCAPES
from search.places.names import place_key
from search.places.region_names import REGION_NAMES

if TYPE_CHECKING:
    from search.places.tables import Gazetteer

LIKENESS = 0.75  # of difflib, 0..1
SHOWN = 3
LARGE = 100_000  # people: only names of such places are compared whole
LONGEST = 40  # characters of a name of which one is changed


def similar_names(gazetteer: Gazetteer, key: str) -> list[str]:
    """Return up to three names of countries, regions, landscapes and places that are like a key, the likeliest first.

    With one letter changed, any name of any place is found; beyond that, the own names of large places.
    """
    about = gazetteer.about
    areas = [name for *_, name in (*about.countries, *about.regions) if name]
    areas += [name for names in (*REGION_NAMES.values(), *LANDSCAPES) for name in names.split("|")]
    near = [place for changed in _one_changed(key) for place in gazetteer.owners_of(changed)]
    if near:
        people = {place: gazetteer.people(place, is_own) for place, is_own in sorted(near)}
        cities = [gazetteer.label(place) for place in sorted(people, key=people.__getitem__, reverse=True)]
    else:
        large = (gazetteer.places["population"] >= LARGE).nonzero()[0].tolist()
        cities = _alike(key, [gazetteer.name(place) for place in large])
    return list({place_key(name): name for name in [*_alike(key, areas), *cities]}.values())[:SHOWN]


def _one_changed(key: str) -> Iterator[str]:
    """Yield the texts that a key is with one letter left out, added, taken for another one or for its neighbour."""
    if not 2 < len(key) <= LONGEST:
        return
    letters = sorted({*string.ascii_lowercase, *key, " "})
    for place in range(len(key) + 1):
        before, rest = key[:place], key[place:]
        if len(key) > 3:
            yield before + rest[1:]
        yield before + rest[1:2] + rest[:1] + rest[2:]
        for letter in letters:
            yield before + letter + rest
            yield before + letter + rest[1:]


def _alike(key: str, names: list[str]) -> list[str]:
    """Return the names that are like a key, the most alike first."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(b=key, autojunk=False)
    found: list[tuple[float, str]] = []
    for name in names:
        matcher.set_seq1(place_key(name))
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) > LIKENESS and matcher.ratio() > LIKENESS:
            found.append((matcher.ratio(), name))
    return [name for _, name in sorted(found, key=lambda pair: -pair[0])]
