"""Tests of indexer/remote_files/patterns.py."""

from __future__ import annotations

from itertools import islice

import pytest

from indexer.remote_files.patterns import expanded, is_pattern, is_wild


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("{0..2}", ["0", "1", "2"]),
        ("{08..11}", ["08", "09", "10", "11"]),
        ("{000..100..50}", ["000", "050", "100"]),
        ("{2..0}", ["2", "1", "0"]),
        ("x{a,b}-{1..2}.tar", ["xa-1.tar", "xa-2.tar", "xb-1.tar", "xb-2.tar"]),
        ("{one}.tar", ["{one}.tar"]),
        ("plain", ["plain"]),
        ("{}{0..1}", ["{}0", "{}1"]),
    ],
)
def test_braces(pattern: str, names: list[str]) -> None:
    assert list(expanded(pattern)) == names
    assert is_pattern(pattern) == (names != [pattern])


def test_a_thousand_million_names_are_yielded_one_by_one() -> None:
    assert list(islice(expanded("{000000000..999999999}.tar"), 2)) == ["000000000.tar", "000000001.tar"]


def test_a_question_mark_of_the_web_is_no_glob() -> None:
    assert is_wild("s3://b/?.tar") and not is_wild("https://h/x.tar?a=1") and is_wild("https://h/*.tar?a=1")
