"""Tests of search.wider.terms: our list, and what is wider than a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.wider import terms
from search.wider.terms import in_dictionary, in_list, wider_than

LIST = Path(terms.__file__).parent / "terms.txt"
SAYING_NOTHING = {"entity", "object", "thing", "whole", "artifact", "abstraction", "matter", "unit", "item", "stuff"}


def lines() -> list[tuple[str, list[str]]]:
    split = (line.partition(": ") for line in LIST.read_text(encoding="utf-8").splitlines() if line)
    return [(term, narrower.split("; ")) for term, _, narrower in split if not term.startswith("#")]


def test_the_list_is_well_formed() -> None:
    wide = [term for term, _ in lines()]
    assert len(set(wide)) == len(wide) > 300
    for term, narrower in lines():
        assert narrower and len(set(narrower)) == len(narrower) and term not in narrower, term
        for word in (term, *narrower):
            assert word == " ".join(word.lower().split()) and len(word) > 1, word
    assert not SAYING_NOTHING.intersection(wide)


def test_no_term_is_wider_than_itself() -> None:
    parents = {word: {term for term, narrower in lines() if word in narrower} for word, _ in lines()}
    for word in parents:
        above = set(parents[word])
        while more := {parent for term in above for parent in parents[term]} - above:
            above |= more
        assert word not in above, word


def test_nobody_stands_among_the_animals() -> None:
    wider = {word: set(wider_than(word)) for _, narrower in lines() for word in narrower}
    assert [word for word, above in wider.items() if {"animal", "people"} <= above] == []


@pytest.mark.parametrize(
    ("word", "wider"),
    [
        ("gorilla", ["ape", "primate", "mammal", "animal"]),
        ("puppies", ["dog", "mammal", "pet", "animal"]),
        ("wild geese", []),
        ("geese", ["farm animal", "water bird", "bird", "animal"]),
        ("bride", ["woman", "person", "people"]),
        ("wedding ring", ["jewelry"]),
        ("animal", []),
        ("qwertz", []),
        ("", []),
    ],
)
def test_the_nearest_comes_first_and_none_before_what_it_is_wider_than(word: str, wider: list[str]) -> None:
    assert wider_than(word) == wider


def test_what_the_dictionary_knows_leads_into_the_list() -> None:
    assert in_list("numbats") is None or in_list("numbats") == "numbat"
    assert (in_list("agouti"), in_dictionary("agoutis")) == (None, "agouti")
    assert wider_than("agoutis") == ["rodent", "mammal", "animal"]
    assert wider_than("barmbrack")[0] == "cake"
