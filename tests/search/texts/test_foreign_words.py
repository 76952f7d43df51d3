"""The lists of words that are not English."""

from __future__ import annotations

from search.texts.foreign_words import WORDS


def test_each_word_stands_once_in_its_language() -> None:
    for kinds in WORDS.values():
        words = " ".join(kinds).split()
        assert len(words) == len(set(words)) and all(word == word.lower() for word in words)
