"""What is embedded for a text, and what the user is told of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from indexer.models.names import DEFAULT_MODEL
from search.query.terms import make_query
from search.texts.prompts import Prompts, Reader, prompts_for
from tests.search.texts.counting import never, words

SIGLIP2 = "ViT-B-32-SigLIP2-256/webli"


@dataclass
class FakeTokens:
    """Counts as `count` does, up to a context length."""

    context_length: int
    token_counts: Callable[[Sequence[str]], list[int]]


def reader(name: str, context: int, count: Callable[[Sequence[str]], list[int]]) -> Reader:
    return Reader(name, lambda: FakeTokens(context, count))


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        ("red envelope", "a photo of a red envelope"),
        ("apple", "a photo of an apple"),
        ("dogs", "a photo of dogs"),
        ("the Eiffel Tower", "a photo of the Eiffel Tower"),
        ("T-shirt", "a photo of T-shirt"),
    ],
)
def test_a_short_query_is_also_asked_as_a_photo(text: str, wrapped: str) -> None:
    assert prompts_for(text, DEFAULT_MODEL) == (text, wrapped)


@pytest.mark.parametrize(
    "text",
    [
        "a photo of a dog",
        "Photo dog",
        "dog painting",
        "a dog on a beach",
        "at night",
        "in Paris",
        "who is this",
        "IMG_1234",
        "caf\u00e9",
        '"no parking"',
        "1984",
    ],
)
def test_other_queries_are_left_as_they_are(text: str) -> None:
    assert prompts_for(text, DEFAULT_MODEL) == (text,)


def test_models_that_gain_nothing_get_no_templates() -> None:
    assert prompts_for("dog", "builtin") == ("dog",)
    assert prompts_for("dog", SIGLIP2) == ("dog",)
    assert prompts_for("dog", "xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k") == ("dog",)
    assert prompts_for("dog", "ViT-B-16-SigLIP/webli", logit_bias=-10.0) == ("dog",)


def test_raw_switches_templates_off() -> None:
    asked = reader(DEFAULT_MODEL, 77, never)
    assert asked.prompts_of("dog") == Prompts(("dog", "a photo of a dog"), (0.5, 0.5))
    assert asked.prompts_of("dog", raw=True) == Prompts.bare("dog")


def test_the_parts_count_by_their_tokens() -> None:
    long = "A dog runs on a wide beach. Cats sleep all day.  In the evening they eat " + "fish " * 30
    assert reader(DEFAULT_MODEL, 12, words).prompts_of(long[:47]) == Prompts.bare(long[:47])
    prompts = reader(DEFAULT_MODEL, 20, words).prompts_of(long)
    assert prompts.texts[0] == "A dog runs on a wide beach. Cats sleep all day."
    assert prompts.weights == (11.0, 18.0, 17.0)
    assert prompts.parts == len(prompts.texts) == 3


def test_the_user_is_told_of_parts() -> None:
    asked = reader(DEFAULT_MODEL, 77, words)
    long = "dog " * 160
    assert asked.notes(make_query(long).texts) == [
        "The query is longer than the model reads (77 tokens): it was read in 3 parts."
    ]
    (told,) = asked.notes(make_query("beach", [long, long]).texts)
    assert "'dog dog" in told and len(told) < 140
    assert asked.notes(make_query("beach", like=["a.jpg"]).texts) == []


def test_the_user_is_told_of_a_language_that_the_model_does_not_know() -> None:
    asked = reader("builtin", 256, never)
    (told,) = asked.notes(make_query("ein Hund am Strand").texts)
    assert told.startswith("The query seems to be German, but builtin understands English only")
    assert SIGLIP2 in told
    assert len(asked.notes(make_query("dog", minus=["le chien", "\u0441\u043e\u0431\u0430\u043a\u0430"]).texts)) == 2
    assert reader(SIGLIP2, 64, never).notes(make_query("Hund am Strand").texts) == []
