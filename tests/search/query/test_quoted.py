"""Tests of search.query.quoted: what is quoted in a query's text, and what is none."""

from __future__ import annotations

import pytest

from indexer.errors import InvalidRequest
from search.query.quoted import split_quoted


@pytest.mark.parametrize(
    ("text", "rest", "quoted"),
    [
        ('beach "2019"', "beach", ("2019",)),
        ('  a "b c"  red "d" hat ', "a red hat", ("b c", "d")),
        ('"IMG_1234"', None, ("IMG_1234",)),
        ('("a"), "b".', None, ("a", "b")),
        ('🎉 "a"', "🎉", ("a",)),
        ('" 2019"', None, (" 2019",)),
        ("\u201c2019\u201d beach \u201erome/x\u201c", "beach", ("2019", "rome/x")),
        ("\u00aba b\u00bb \u00bbc\u00ab \u201dd\u201d", None, ("a b", "c", "d")),
        ('\u201c2019"', None, ("2019",)),
    ],
)
def test_quoted_parts_are_taken_out(text: str, rest: str | None, quoted: tuple[str, ...]) -> None:
    assert split_quoted(text) == (rest, quoted)


@pytest.mark.parametrize(
    "text",
    [
        "beach",
        "  two  blanks ",
        'a 12" record',
        '12" and 7" singles',
        'say "hello',
        "dog's 'bed'",
        "it\u2019s \u2018a\u2019",
        "",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert split_quoted(text) == (text, ())


@pytest.mark.parametrize("text", ['""', 'beach "" ', '"2019" " "', "\u201c\u201d"])
def test_empty_quotes_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="nothing between"):
        split_quoted(text)


def test_marks_that_nothing_closes_take_no_longer_than_other_text() -> None:
    for text in (" \u201cx" * 300_000, "\u201e" * 300_000, "\u00ab\u201e " * 300_000):  # minutes, if each were searched
        assert split_quoted(text) == (text, ())
