"""Texts longer than a model reads: where they are cut, and that nothing is lost."""

from __future__ import annotations

import html.entities

import pytest

from search.texts.long_texts import parts_of, surely_fits
from tests.search.texts.counting import characters, never, words


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


def test_the_real_tokenizers_agree_with_what_surely_fits() -> None:
    """Bytes bound tokens: CLIP's own tokenizer, on odd texts that are just short enough."""
    open_clip = pytest.importorskip("open_clip")
    tokenizer = open_clip.get_tokenizer("ViT-B-32")
    odd = ["x1" * 37, "\u732b" * 5, "&nGt;" * 8, "\ufb01" * 6, "\u0130" * 9, "!?" * 37, "\U0001f600" * 4, "A1 b2 " * 12]
    for text in odd:
        assert surely_fits(text, 77), text
        assert len(tokenizer.encode(text)) + 2 <= 77, text
