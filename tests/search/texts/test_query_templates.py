"""Which queries get a template, and which article."""

from __future__ import annotations

import pytest

from search.texts.query_templates import article_of


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
