"""Names of countries, regions, landscapes and cities that begin with a text, for a shell that completes them."""

from __future__ import annotations

from collections.abc import Iterator

from search.places.gazetteer import gazetteer_at_hand
from search.places.landscapes import LANDSCAPES
from search.places.region_names import REGION_NAMES

LARGE = 100_000  # people: smaller places are so many that they would hide these


def names_beginning(typed: str) -> list[tuple[str, str]]:
    """Return names, whatever their case, and the country of each, the largest first; spelled as typed that far.

    None where the gazetteer was not made yet.
    """
    begun = typed.casefold()
    found = ((typed + name[len(typed) :], of) for name, of in _names() if name.casefold().startswith(begun))
    return list(found) if begun else []


def _names() -> Iterator[tuple[str, str]]:
    """Yield names that are known, each with what it is in."""
    gazetteer = gazetteer_at_hand()
    if gazetteer is None:
        return
    for *_, name in gazetteer.about.countries:
        yield name, "country"
    for _, code, name in gazetteer.about.regions:
        if name:
            yield name, code
    for names in (*REGION_NAMES.values(), *LANDSCAPES):
        own, *others = names.split("|")
        yield own, "region"
        yield from ((name, own) for name in others)
    people = gazetteer.places["population"]
    large = (people >= LARGE).nonzero()[0]
    for place in large[(-people[large].astype("int64")).argsort(kind="stable")].tolist():
        yield gazetteer.name(place), gazetteer.country(place)
