"""Tests of indexer.builtin_space.said_colours: which words are colours, and where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.builtin_space.colour_terms import COLOURS, KIND_OF, KINDS, MEANINGS
from indexer.builtin_space.said_colours import said_colours


def names(text: str) -> set[str]:
    """Return the colours that a text says."""
    return {colour for colour, value in zip(COLOURS, said_colours(text).colours, strict=True) if value}


@pytest.mark.parametrize(
    ("text", "colours"),
    [
        ("blue car", "blue"),
        ("a photo of a Blue car.", "blue"),
        ("Red Car", "red"),
        ("the car is green", "green"),
        ("a crimson scarf", "red"),
        ("scarlet", "red"),
        ("navy blue coat", "blue"),
        ("a navy coat", "blue"),
        ("golden padlock", "brown yellow"),
        ("gold ring", "brown yellow"),
        ("silver car", "grey"),
        ("a gray cat", "grey"),
        ("violet dress", "purple"),
        ("a turquoise teapot", "blue green"),
        ("maroon sofa", "red brown"),
        ("an orange car", "orange"),
        ("a car painted orange", "orange"),
        ("a woman in orange", "orange"),
        ("orange and white cat", "orange white"),
        ("a red and white flag", "red white"),
        ("a blue-green sea", "blue green"),
        ("a dark-blue car", "blue"),
        ("an olive green jeep", "green"),
        ("a salmon-coloured shirt", "pink"),
        ("a pink rose", "pink"),
        ("something red", "red"),
        ("a woman in a red coat walking her dog along the beach", "red"),
    ],
)
def test_a_text_says_colours(text: str, colours: str) -> None:
    assert names(text) == set(colours.split())
    assert np.linalg.norm(said_colours(text).colours) == pytest.approx(1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "car",
        "an orange",
        "a ripe orange",
        "oranges",
        "orange juice",
        "a peeled orange, sliced",
        "a rose",
        "rose garden",
        "violet",
        "gold",
        "a salmon on ice",
        "chocolate cake",
        "cherry tree",
        "olive oil",
        "red wine",
        "a glass of Red Wine",
        "the White House",
        "White House",
        "black bear",
        "goldfish",
        "brown eyes",
        "a white rhino",
        "the blue hour",
        "green tea",
        "golden retriever",
        "a great blue heron",
        "a red-haired woman",
        "a black footed albatross",
        "dinner with Mr Brown",
        "not red",
        "a car that is not blue",
        "blackboard",
        "greenhouse",
        "colored pencils",
        "\u0431\u0435\u043b\u044b\u0439 \u0434\u043e\u043c",
        "?! -- \x00",
    ],
)
def test_a_text_says_none(text: str) -> None:
    said = said_colours(text)
    assert (names(text), said.share, said.rest) == (set(), 0.0, text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("blue car", "car"),
        ("a photo of a dark-blue car", "a photo of a dark car"),
        ("a red and white flower", "a flower"),
        ("red, green and blue balloons", "balloons"),
        ("red", "red"),
        ("a photo of something red", "a photo of something red"),
    ],
)
def test_what_else_a_text_says(text: str, rest: str) -> None:
    assert said_colours(text).rest == rest


def test_the_more_a_text_says_the_less_are_its_colours() -> None:
    shares = [
        said_colours(text).share for text in ("red", "red car", "red car on a bridge", "red car on a bridge in rain")
    ]
    assert shares == sorted(shares, reverse=True) and shares[:3] == [1, 1 / 2, 1 / 3]


def test_a_text_of_any_length_is_read() -> None:
    assert names("red " * 5000) == {"red"}
    assert names("A " + "Blue " * 4000) == {"blue"}


def test_the_tables_hold_colours_and_each_word_once() -> None:
    assert all(set(meaning) <= set(COLOURS) for meaning in MEANINGS.values())
    assert set(KINDS) <= set(KIND_OF) and set(COLOURS) - {"orange"} <= {
        word for word, kind in KIND_OF.items() if kind == 1
    }
