"""Tests of the named sets of templates, and of articles."""

from __future__ import annotations

import pytest

from search.texts.class_templates import TEMPLATE_SETS, article_for, fill

PHOTO = "a photo of a {}"


@pytest.mark.parametrize(("name", "size"), [("simple", 1), ("photo7", 7), ("openai80", 80)])
def test_sets_have_their_sizes_and_each_template_once(name: str, size: int) -> None:
    templates = TEMPLATE_SETS[name]
    assert len(set(templates)) == len(templates) == size
    assert all(template.count("{}") == 1 for template in templates)


def test_the_set_of_80_says_the_name_with_every_kind_of_article() -> None:
    filled = [fill(template, "orange") for template in TEMPLATE_SETS["openai80"]]
    assert {"a blurry photo of an orange", "a photo of the small orange", "an embroidery of the orange"} <= set(filled)
    assert not any(" a orange" in text or "a embroidery" in text for text in filled)
    assert len(set(filled)) == 80


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cup", "a photo of a cup"),
        ("apple", "a photo of an apple"),
        ("hourglass", "a photo of an hourglass"),
        ("unicorn", "a photo of a unicorn"),
        ("umbrella", "a photo of an umbrella"),
        ("scissors", "a photo of scissors"),
        ("bananas", "a photo of bananas"),
        ("cup of coffee", "a photo of a cup of coffee"),
        ("pair of trousers", "a photo of a pair of trousers"),
        ("men", "a photo of men"),
        ("rice", "a photo of rice"),
        ("bus", "a photo of a bus"),
        ("walrus", "a photo of a walrus"),
        ("rhinoceros", "a photo of a rhinoceros"),
        ("wine glass", "a photo of a wine glass"),
        ("building", "a photo of a building"),
        ("swimming", "a photo of swimming"),
        ("sheep", "a photo of a sheep"),
        ("aquarium_fish", "a photo of an aquarium fish"),
        ("Persian cat", "a photo of a Persian cat"),
        ("Paris", "a photo of Paris"),
        ("my dog", "a photo of my dog"),
        ("the moon", "a photo of the moon"),
        ("a cup", "a photo of a cup"),
        ("something else", "a photo of something else"),
        ("éclair", "a photo of an éclair"),
        ("кружка", "a photo of кружка"),
        ("🍎", "a photo of 🍎"),
        ("3d printer", "a photo of a 3d printer"),
        ("8-bit game", "a photo of an 8-bit game"),
        ("110 volt plug", "a photo of a 110 volt plug"),
        ("US flag", "a photo of a US flag"),
        ("MRI scan", "a photo of an MRI scan"),
        ("Asian elephant", "a photo of an Asian elephant"),
    ],
)
def test_a_name_gets_its_article(name: str, text: str) -> None:
    assert fill(PHOTO, name) == text


@pytest.mark.parametrize(
    ("template", "name", "text"),
    [
        ("A {} on a table", "apple", "An apple on a table"),
        ("A {} on a table", "scissors", "scissors on a table"),
        ("a photo of a small {}", "apple", "a photo of a small apple"),
        ("a photo of a small {}", "scissors", "a photo of small scissors"),
        ("a photo of a partly hidden {}", "scissors", "a photo of partly hidden scissors"),
        ("a photo of the {}", "scissors", "a photo of the scissors"),
        ("a {} photo", "scissors", "a scissors photo"),
        ("a {} photo", "apple", "an apple photo"),
        ("a photo of {}", "scissors", "a photo of scissors"),
        ("a photo of a small {}", "an apple", "a photo of a small apple"),
        ("a photo of the {}", "an apple", "a photo of the apple"),
        ("A blurry {}", "the moon", "The blurry moon"),
        ("a photo of the old {}", "My dog", "a photo of my old dog"),
        ("a {} photo", "the moon", "a moon photo"),
        ("a photo of the {}", "Paris", "a photo of the Paris"),
        ("a {}", "A", "A"),
        ("a {} and a {}", "{}", "{} and {}"),
        ("{}", "an apple", "an apple"),
        ("{}", "apple", "apple"),
        ("itap of my {}", "apple", "itap of my apple"),
        ("banana {}", "apple", "banana apple"),
        ("ein Bild: {}", "apple", "ein Bild: apple"),
    ],
)
def test_the_article_is_right_wherever_the_name_stands(template: str, name: str, text: str) -> None:
    assert fill(template, name) == text


def test_an_empty_name_has_no_article() -> None:
    assert article_for("") == ""
