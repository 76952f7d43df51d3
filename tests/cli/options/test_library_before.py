"""Tests of --library before the command: the nearest to the command counts, and all count more than the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Invoke, one_sentence


@pytest.fixture
def libraries(clipsearch: Invoke, tmp_path: Path) -> list[Path]:
    """Make libraries a, b, c, each with a root of its name; CLIPSEARCH_LIBRARY names another, which there is not."""
    made = [tmp_path / name for name in "abc"]
    for library in made:
        root = tmp_path / f"root-{library.name}"
        root.mkdir()
        assert clipsearch("roots", "add", root, "--library", library).exit_code == 0
    return made


def root_of(clipsearch: Invoke, *words: str | Path) -> str:
    result = clipsearch(*words)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()[-1]


def test_the_nearest_counts(clipsearch: Invoke, libraries: list[Path]) -> None:
    a, b, c = (("--library", library) for library in libraries)
    list_ = ("list", "--format", "paths")
    assert root_of(clipsearch, *a, "roots", *list_) == "a"
    assert root_of(clipsearch, "roots", *b, *list_) == "b"
    assert root_of(clipsearch, *a, "roots", *b, *list_) == "b"
    assert root_of(clipsearch, *a, "roots", *list_, *c) == "c"
    assert root_of(clipsearch, *a, "roots", *b, *list_, *c) == "c"
    one_sentence(clipsearch("roots", *list_), "no library")


def test_every_command_takes_it(clipsearch: Invoke, libraries: list[Path], tmp_path: Path) -> None:
    before = ("--library", libraries[0])
    for command in (["info"], ["failures"], ["undo", "--list"], ["labels", "list"], ["check"]):
        assert clipsearch(*before, *command).exit_code == 0, command
    one_sentence(clipsearch(*before, "query", "red"), "Nothing is indexed")
    one_sentence(clipsearch("--library", tmp_path / "none", "query", "red"), f"{tmp_path / 'none'}")
    one_sentence(clipsearch("--library", "", "query", "red"), "The path is empty", code=2)
