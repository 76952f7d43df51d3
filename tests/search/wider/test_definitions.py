"""Tests of search.wider.definitions: the noun that says what kind of thing a word is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search.wider import definitions
from search.wider.definitions import definition_heads


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    """Forget what was read, before and after."""
    for kept in (definitions._file, definition_heads):
        kept.cache_clear()
    yield
    for kept in (definitions._file, definition_heads):
        kept.cache_clear()


@pytest.mark.parametrize(
    ("word", "head"),
    [
        ("gnu", "antelope"),  # large African antelope having a head with horns ...
        ("agouti", "rodent"),
        ("turnstone", "shorebirds"),  # migratory shorebirds of the plover family ...
        ("barmbrack", "cake"),
        ("borzoi", "dog"),  # tall fast-moving dog breed
    ],
)
def test_the_first_phrase_of_a_definition_ends_with_the_kind(word: str, head: str) -> None:
    assert head in definition_heads(word)


@pytest.mark.parametrize("word", ["", "qwertz", "red", "blue", "object", "a\tb", "gn", ".*"])
def test_other_words_have_no_kind(word: str) -> None:
    assert definition_heads(word) == ()


def test_without_timm_no_word_has_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definitions, "FOLDER", "nowhere")
    assert definition_heads("gnu") == ()
    definitions._file.cache_clear()
    definition_heads.cache_clear()
    monkeypatch.setattr(definitions, "find_spec", lambda name: None)
    assert definition_heads("gnu") == ()
