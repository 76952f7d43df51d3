"""Tests of indexer.wording, and that no message says "1 pictures": found in the source, and tried with one of each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.output.summaries import short_lines, summary_lines
from indexer.indexing.summary import Summary
from indexer.wording import agreeing, counted, doing, too_large
from tests.conftest import REPOSITORY

THINGS = (
    "pictures|files|labels|sidecars|folders|groups|copies|videos|classes|texts|failures|links|hits|results|templates"
    "|prompts|moments|captions|examples|embeddings|problems|roots|queries|changes|duplicates|frames|pages|scenes|sets"
)
AFTER_A_NUMBER = re.compile(rf"^ (?:(?:more|new|other|empty|known|symbolic) )?(?:{THINGS})\b(?!/s)")
VERBS = ("keep", "its")  # which stand before things, too


def messages() -> Iterator[tuple[Path, int, ast.JoinedStr]]:
    """Yield the f-strings of our code."""
    for package in ("cli", "search", "indexer"):
        for file in sorted((REPOSITORY / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    yield file, node.lineno, node


def counts_by_hand(node: ast.JoinedStr) -> Iterator[str]:
    """Yield the parts of an f-string in which a number stands before several things."""
    for value, text in zip(node.values, node.values[1:], strict=False):
        if isinstance(value, ast.FormattedValue) and isinstance(text, ast.Constant):
            shown = ast.unparse(value.value)
            if AFTER_A_NUMBER.match(str(text.value)) and shown not in VERBS:
                yield shown + str(text.value)[:30]


def test_numbers_of_things_are_counted_in_one_place() -> None:
    found = [
        f"{file.relative_to(REPOSITORY)}:{line}: {part}"
        for file, line, node in messages()
        for part in counts_by_hand(node)
    ]
    assert not found


@pytest.mark.parametrize(
    ("number", "what", "form", "text"),
    [
        (0, "picture", "", "0 pictures"),
        (1, "picture", "", "1 picture"),
        (2, "picture", "", "2 pictures"),
        (1, "empty folder", "", "1 empty folder"),
        (1234, "file", ",", "1,234 files"),
        (2, "copy", "", "2 copies"),
        (1, "class", "", "1 class"),
        (3, "other class", "", "3 other classes"),
        (2, "query", "", "2 queries"),
        (1000, "symbolic link", "", "1000 symbolic links"),
    ],
)
def test_counted(number: int, what: str, form: str, text: str) -> None:
    assert counted(number, what, form) == text


def test_verbs() -> None:
    assert (agreeing(1, "was", "were"), agreeing(0, "was", "were")) == ("was", "were")
    assert doing(1, "picture", "is", "are") == "1 picture is" and doing(2000, "file", "has", "have", ",") == (
        "2,000 files have"
    )


def test_a_run_with_one_of_each() -> None:
    one = Summary(
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 1, {"raw": 1}, missing=[Path("/x")], unswitched=1, dropped_sets=["a,b"]
    )
    text = "\n".join([*summary_lines(one), *short_lines(one)])
    assert not re.search(rf"\b1 (?:\w+ )?(?:{THINGS})\b", text), text
    for part in (
        "1 picture found",
        "1 file failed before and has not",
        "1 picture was out of reach",
        "1 file passed over",
        'Dropped the label set "a,b" of the model before',
    ):
        assert part in text
    assert "1 folder not there, 2 other problems, 1 symbolic link not followed" in text


def test_sizes_are_said_in_their_unit() -> None:
    assert [too_large(size) for size in (5, 2048, 2**20, 2**31)] == [
        "larger than 5 bytes",
        "larger than 2 KiB",
        "larger than 1 MiB",
        "larger than 2 GiB",
    ]
