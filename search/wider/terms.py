"""The wider terms of a word: by a list of our own (terms.txt), of rarer words by ImageNet's dictionary."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from search.wider.definitions import PERSON, definition_heads

_IRREGULAR = {
    **{"men": "man", "women": "woman", "children": "child", "mice": "mouse", "geese": "goose", "teeth": "tooth"},
    **{"feet": "foot", "oxen": "ox", "wolves": "wolf", "calves": "calf", "knives": "knife", "leaves": "leaf"},
    **{"scarves": "scarf", "shelves": "shelf", "loaves": "loaf", "halves": "half", "wives": "wife", "elves": "elf"},
    **{"cacti": "cactus", "fungi": "fungus", "octopi": "octopus", "policemen": "policeman", "snowmen": "snowman"},
}
_DEEPEST = 3  # definitions that are looked up one after the other


def in_list(word: str) -> str | None:
    """Return a word, or several, in small letters as the list has it, also for its plural; None if it is not there."""
    return next((form for form in _singulars(word) if form in _narrower() or form in _parents()), None)


def in_dictionary(word: str) -> str | None:
    """Return a word as ImageNet's dictionary has it, also for its plural; None if it is not there."""
    return next(filter(definition_heads, _singulars(word)), None)


def is_person(word: str) -> bool:
    """Return whether a word, or several, may be said of a person by the dictionary; also for its plural."""
    return any(PERSON in definition_heads(form) for form in _singulars(word))


def wider_than(word: str) -> list[str]:
    """Return the wider terms of a word, the nearest first; none if it is not known or as wide as can be."""
    found: dict[str, None] = {}
    level = _first_step(word, _DEEPEST)
    while level:
        new = [term for term in dict.fromkeys(level) if term not in found and term != in_list(word)]
        found.update(dict.fromkeys(new))
        level = [parent for term in new for parent in _parents().get(term, ())]
    return _narrower_first(list(found))


def _first_step(word: str, deepest: int) -> list[str]:
    """Return the terms of the list that are next to a word: its own parents, else those that its definition names."""
    listed = in_list(word)
    if listed is not None:
        return _parents().get(listed, [])
    steps: list[str] = []
    for head in definition_heads(in_dictionary(word) or word) if deepest else ():
        form = in_list(head)
        steps += [form] if form is not None and form in _narrower() else _first_step(head, deepest - 1)
    return steps


def _narrower_first(terms: list[str]) -> list[str]:
    """Return terms in their order, except that none comes before one that it is wider than."""
    ordered: list[str] = []
    while terms:
        ready = (term for term in terms if not any(term in _above(other) for other in terms if other != term))
        ordered.append(next(ready, terms[0]))  # two may each be wider than the other
        terms.remove(ordered[-1])
    return ordered


@functools.cache
def _above(term: str) -> set[str]:
    """Return all that is wider than a term of the list."""
    found: set[str] = set()
    level = [term]
    while level:
        level = [parent for one in level for parent in _parents().get(one, ()) if parent not in found]
        found.update(level)
    return found - {term}


def _singulars(words: str) -> Iterator[str]:
    """Yield a word as it is, then as what it may be the plural of."""
    yield words
    before, blank, last = words.rpartition(" ")
    if last in _IRREGULAR:
        yield f"{before}{blank}{_IRREGULAR[last]}"
    elif last.endswith("ies") and len(last) > 4:
        yield f"{words[:-3]}y"
    elif last.endswith("s") and not last.endswith("ss") and len(last) > 3:
        yield words[:-1]
        if last.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
            yield words[:-2]


@functools.cache
def _narrower() -> dict[str, list[str]]:
    """Return the list: each wide term with its narrower ones."""
    lines = (Path(__file__).parent / "terms.txt").read_text(encoding="utf-8").splitlines()
    split = (line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    return {term: narrower.split("; ") for term, narrower in split}


@functools.cache
def _parents() -> dict[str, list[str]]:
    """Return for each narrower term those that it stands under, in the order of the list."""
    parents: dict[str, list[str]] = {}
    for term, narrower in _narrower().items():
        for word in narrower:
            parents.setdefault(word, []).append(term)
    return parents
