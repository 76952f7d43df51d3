"""Classes that say what a picture is not: "not cup", "no cup", and what they are the opposite of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from indexer.store.labels import OTHER
from search.labels.classes import NamedClass

NEGATION = re.compile(r"not\s+(?P<rest>\S.*)", re.IGNORECASE)
_OTHER_NEGATION = re.compile(
    r"(no |non-|without |(any|some)thing but |everything but |(some|any)thing that is (not|no) |everything except )"
    r"(?P<rest>\S.*)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(an?|the)\s+(?=\S)")


def is_rest(name: str) -> bool:
    """Say whether a class only says what a picture is not: other, or "not cup"."""
    return name.casefold() == OTHER or NEGATION.fullmatch(name) is not None


def notes_on_negations(classes: Sequence[NamedClass]) -> list[str]:
    """Return a note for the first class that says "no cup" or the like, where "cup" is one: that would be a text."""
    names = {_bare(one.name): one.name for one in classes}
    for one in classes:
        found = _OTHER_NEGATION.fullmatch(one.name)
        if found is not None and one.prompts == (one.name,) and _bare(found["rest"]) in names:
            meant = f"not {names[_bare(found['rest'])]}"
            return [f'"{one.name}" is taken as a text, in which models overlook the negation; write "{meant}".']
    return []


def is_negative(one: NamedClass) -> bool:
    """Say whether a class is "not ...", without prompts that say what it is instead."""
    return one.prompts == (one.name,) and not one.examples and NEGATION.fullmatch(one.name) is not None


def with_opposites(classes: Iterable[NamedClass]) -> tuple[list[NamedClass], list[int]]:
    """Return all classes that say what a picture is, and the places among them of what the negative ones are not.

    The opposite of "not a cup" is "cup", "Cup" or "a cup"; one that is missing is added.
    """
    told: list[NamedClass] = []
    negative: list[str] = []
    for one in classes:
        negation = NEGATION.fullmatch(one.name) if is_negative(one) else None
        negative += [negation["rest"]] if negation else []
        told += [] if negation else [one]
    places = {_bare(one.name): place for place, one in enumerate(told)}
    for name in negative:
        if _bare(name) not in places:
            places[_bare(name)] = len(told)
            told.append(NamedClass(_bare(name), (_bare(name),)))
    return told, [places[_bare(name)] for name in negative]


def _bare(name: str) -> str:
    """Return a name in small letters without its article."""
    return _ARTICLE.sub("", name.casefold())
