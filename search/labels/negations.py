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
    """Say whether a label only says what a picture is not: "other", or "not cup"."""
    return name.casefold() == OTHER or NEGATION.fullmatch(name) is not None


def notes_on_negations(classes: Sequence[NamedClass]) -> list[str]:
    """Return a note for the first class such as "no cup" beside "cup": its name would be embedded as it is."""
    names = {_bare(class_.name): class_.name for class_ in classes}
    for class_ in classes:
        match = _OTHER_NEGATION.fullmatch(class_.name)
        if match is not None and class_.prompts == (class_.name,) and _bare(match["rest"]) in names:
            meant = f"not {names[_bare(match['rest'])]}"
            return [f'"{class_.name}" is taken as a text, in which models overlook the negation; write "{meant}".']
    return []


def is_negative(class_: NamedClass) -> bool:
    """Say whether a class is "not ...", without prompts or examples that say what it is instead."""
    return class_.is_plain and NEGATION.fullmatch(class_.name) is not None


def with_opposites(classes: Iterable[NamedClass]) -> tuple[list[NamedClass], list[int]]:
    """Return all positive classes, and for each negative one the position of its opposite among them.

    The opposite of "not a cup" is "cup", "Cup" or "a cup"; one that is missing is added.
    """
    positive: list[NamedClass] = []
    opposites: list[str] = []
    for class_ in classes:
        negation = NEGATION.fullmatch(class_.name) if is_negative(class_) else None
        if negation:
            opposites.append(_bare(negation["rest"]))
        else:
            positive.append(class_)
    positions = {_bare(class_.name): position for position, class_ in enumerate(positive)}
    for name in opposites:
        if name not in positions:
            positions[name] = len(positive)
            positive.append(NamedClass(name, (name,)))
    return positive, [positions[name] for name in opposites]


def _bare(name: str) -> str:
    """Return a name in lower case without its article."""
    return _ARTICLE.sub("", name.casefold())
