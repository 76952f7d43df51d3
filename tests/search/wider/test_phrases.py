"""Tests of search.wider.phrases: from a query to wider ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.wider.phrases import wider_queries

WORDS = (Path(__file__).parent / "photo_words.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("text", "wider"),
    [
        ("gorilla", ["ape", "primate", "mammal", "animal"]),
        ("A sleeping gorilla!", ["gorilla", "ape", "primate", "mammal", "animal"]),
        ("gorilla sleeping in a tree", ["gorilla", "ape", "primate", "mammal", "animal"]),
        ("photos of my two gorillas", ["gorillas", "ape", "primate", "mammal", "animal"]),
        ("a small red envelope", ["red envelope", "envelope", "letter", "stationery"]),
        ("two boys playing football", ["boys", "man", "child", "person", "people"]),
        ("woman riding a horse", ["woman", "person", "people"]),
        ("horse riding", ["riding", "sport"]),
        ("playing the guitar", ["guitar", "string instrument", "musical instrument", "music"]),
        ("a glass of wine", ["wine", "drink"]),
        ("cat and dog", ["cat", "mammal", "pet", "animal"]),
        ("hot dog", ["meat", "fast food", "sandwich", "food"]),
        ("night snake", ["snake", "reptile", "animal"]),
        ("man\u2019s face", ["face", "person", "people"]),
        ("rear admiral", ["person", "people"]),  # no butterfly
        ("black sheep", ["sheep", "mammal", "farm animal", "animal"]),
        ("animal", []),
        ("red", []),
        ("something blue", []),
        ("qwertz", []),
        ("", []),
        ("...", []),
        ("the", []),
        ("of", []),
        ("\u732b", []),
        ("gorilla " * 20, []),
        ("a" * 5000, []),
    ],
)
def test_fewer_words_come_first_then_wider_ones(text: str, wider: list[str]) -> None:
    assert wider_queries(text, 6) == wider


def test_no_more_than_asked_for() -> None:
    assert wider_queries("a sleeping mountain gorilla", 2) == ["mountain gorilla", "gorilla"]


def test_nearly_every_common_word_has_something_wider() -> None:
    found = {word: wider_queries(word, 6) for word in WORDS}
    assert len(WORDS) > 200
    assert [word for word, wider in found.items() if not wider] == ["clock", "book"]
    assert not any(word in wider for word, wider in found.items())


@pytest.mark.parametrize(
    "text",
    [
        *("woman", "black man", "two black women", "female", "adults", "indian chief", "orphan", "parisienne", "tribe"),
        *("mulatto", "a nanny", "jane doe", "rider", "beekeeper", "drag queen", "boxer", "bedouin", "grease monkey"),
    ],
)
def test_of_people_nothing_is_wider_but_people(text: str) -> None:
    wider = wider_queries(text, 20)
    assert wider[-1] == "people"
    assert not {"animal", "plant", "food", "vehicle", "clothing", "building", "city"}.intersection(wider)


@pytest.mark.parametrize("name", ["tom", "jenny", "billy", "james", "hag"])
def test_names_of_people_are_no_animals(name: str) -> None:
    assert wider_queries(name, 20) == []
