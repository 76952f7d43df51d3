"""Tests of cli.completion.lines: what bash replaces of a word, and what it gets for it."""

from __future__ import annotations

import pytest

from cli.completion.lines import unfinished

BREAKS = " \t\n\"'@><=;|&(:"  # bash's own


@pytest.mark.parametrize(
    ("word", "value", "completed"),
    [
        ("", "cup,car", "cup,car"),
        ("ki", "kitchen:red car", r"kitchen:red\ car"),
        ("kitchen:", "kitchen:red car", r"red\ car"),
        ("kitchen:r", "kitchen:red car", r"red\ car"),
        (r"red\ c", "red car", r"red\ car"),
        ("'red c", "red car", "red car"),
        ('"red c', "red car", "red car"),
        ('"a', 'a"b$c`d\\', r"a\"b\$c\`d\\"),
        ("'a", "a'b", r"a'\''b"),
        ("it\\'", "it's", r"it\'s"),
        ("--label=", "red car", r"red\ car"),
        ("--label=k", "kitchen:red", "kitchen:red"),
        ("--label=kitchen:r", "kitchen:red", "red"),
        ("--label='r", "red car", "red car"),
        ("k", "kitchen*[a]?~", r"kitchen\*\[a\]\?\~"),
        ("ü", "über:x", "über:x"),
        ("'kit'chen:", "kitchen:red", None),  # whatever stands before would be doubled
    ],
)
def test_what_takes_the_place_of_a_word(word: str, value: str, completed: str | None) -> None:
    line = unfinished(f"clipsearch query 'a b' --all {word}", BREAKS)
    assert (line.before, line.word) == ("clipsearch query 'a b' --all ", word)
    assert line.completed(value) == completed


def test_a_bash_that_breaks_no_words() -> None:
    assert unfinished("x kitchen:r", " ").completed("kitchen:red") == "kitchen:red"
    assert unfinished("x --label=r", " ").completed("red") == "--label=red"
    assert unfinished("", BREAKS).completed("x") == "x"
