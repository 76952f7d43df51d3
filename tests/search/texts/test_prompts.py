"""What is embedded for a text: itself, templates, or parts."""

from __future__ import annotations

import html.entities
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.models.names import DEFAULT_MODEL
from search.query.terms import make_query
from search.texts.long_texts import parts_of, surely_fits
from search.texts.model_limits import SMALLEST, known_context
from search.texts.prompts import Prompts, Reader, prompts_for
from search.texts.templates import article_of

SIGLIP2 = "ViT-B-32-SigLIP2-256/webli"


@dataclass
class FakeTokens:
    """Counts as `count` does, up to a context length."""

    context_length: int
    token_counts: Callable[[Sequence[str]], list[int]]


def reader(name: str, context: int, count: Callable[[Sequence[str]], list[int]]) -> Reader:
    return Reader(name, lambda: FakeTokens(context, count))


def words(texts: Sequence[str]) -> list[int]:
    """Count a token a word, and start and end."""
    return [len(text.split()) + 2 for text in texts]


def characters(texts: Sequence[str]) -> list[int]:
    """Count a token a character that is no space, and start and end."""
    return [len("".join(text.split())) + 2 for text in texts]


def never(texts: Sequence[str]) -> list[int]:
    pytest.fail("the tokenizer was asked")


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("dog", "a"),
        ("red envelope", "a"),
        ("apple", "an"),
        ("orange cat", "an"),
        ("unicorn", "a"),
        ("umbrella", "an"),
        ("hourglass", "an"),
        ("european city", "a"),
        ("wine glass", "a"),
        ("bus", "a"),
        ("dog on beach", "a"),
        ("dogs", ""),
        ("dogs on beach", ""),
        ("people", ""),
        ("snow", ""),
        ("fresh fruit", ""),
        ("my dog", ""),
        ("the sea", ""),
        ("two cats", ""),
        ("Paris", ""),
        ("Eiffel Tower", ""),
        ("swimming", ""),
    ],
)
def test_articles(text: str, article: str) -> None:
    assert article_of(text) == article


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


def test_a_short_text_asks_no_tokenizer() -> None:
    assert surely_fits("a" * 74, 77) and not surely_fits("a" * 75, 77)
    assert surely_fits("cr\u00e8me br\u00fbl\u00e9e", 77) and not surely_fits("\u732b" * 10, 77)
    assert parts_of("a dog on a beach", 77, never) == [("a dog on a beach", 1)]


def test_no_html_entity_gets_more_bytes_than_are_reckoned_with() -> None:
    for name, value in html.entities.html5.items():
        assert len(value.encode()) <= len(name) + 4


def test_a_text_that_fits_is_one_part() -> None:
    text = " ".join(["dog"] * 75)
    assert parts_of(text, 77, words) == [(text, 75)]


def test_a_long_text_is_cut_at_sentences_first() -> None:
    first, second = "A dog runs on a wide beach.", "A cat sleeps, all day long, on the sofa at home."
    assert parts_of(f"{first} {second}", 14, words) == [(first, 7), (second, 11)]
    assert parts_of(f"{first} {second}", 10, words) == [
        (first, 7),
        ("A cat sleeps, all day long,", 6),
        ("on the sofa at home.", 5),
    ]


def test_neighbours_stay_together_as_long_as_they_fit() -> None:
    sentences = [f"This is sentence {number}." for number in range(9)]
    parts = parts_of(" ".join(sentences), 18, words)
    assert parts == [(" ".join(sentences[start : start + 4]), 16) for start in (0, 4)] + [(sentences[8], 4)]


@pytest.mark.parametrize("context", [5, 16, 64])
@pytest.mark.parametrize(
    "text", ["word " * 200, "x" * 500, "One. " * 90 + "y" * 90, "\u732b\u3002" * 60, "\n\n\t" + "a, b; c! " * 50]
)
def test_nothing_is_lost_and_every_part_fits(text: str, context: int) -> None:
    parts = parts_of(text, context, characters)
    assert len(parts) > 1
    assert "".join("".join(part.split()) for part, _ in parts) == "".join(text.split())
    assert all(tokens == characters([part])[0] - 2 and tokens + 2 <= context for part, tokens in parts)


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
        "The query is longer than the model reads (77 tokens): it was embedded in 3 parts."
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


def test_context_lengths_are_those_of_the_models(tmp_path: Path) -> None:
    open_clip = pytest.importorskip("open_clip")
    from indexer.models.builtin_text import MAX_TOKENS

    assert known_context("builtin") == MAX_TOKENS
    for architecture, tag in open_clip.list_pretrained():
        text = open_clip.get_model_config(architecture)["text_cfg"]
        assert known_context(f"{architecture}/{tag}") == text.get("context_length", 77) >= SMALLEST
    assert known_context("hf-hub:org/name") == known_context("no-such-thing/tag") == SMALLEST
    config = {"model_cfg": {"text_cfg": {"context_length": 40}}}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(config))
    assert known_context(f"local-dir:{tmp_path}") == 40
    assert known_context(f"local-dir:{tmp_path / 'none'}") == SMALLEST


def test_the_real_tokenizers_agree_with_what_surely_fits() -> None:
    """Bytes bound tokens: CLIP's own tokenizer, on odd texts that are just short enough."""
    open_clip = pytest.importorskip("open_clip")
    tokenizer = open_clip.get_tokenizer("ViT-B-32")
    odd = ["x1" * 37, "\u732b" * 5, "&nGt;" * 8, "\ufb01" * 6, "\u0130" * 9, "!?" * 37, "\U0001f600" * 4, "A1 b2 " * 12]
    for text in odd:
        assert surely_fits(text, 77), text
        assert len(tokenizer.encode(text)) + 2 <= 77, text
