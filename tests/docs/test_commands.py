"""docs/commands.md is what the command line says now."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from docs.make_commands import PAGE, commands
from tests.conftest import REPOSITORY
from tests.docs.command_tree import command_at, options_of
from tests.docs.pages import text_of


def without_white_space(text: str) -> str:
    """Return a text without its line breaks and spaces, which differ between versions of click."""
    return re.sub(r"\s", "", text)


def test_the_page_of_commands_is_current() -> None:
    """White space aside: versions of click break lines in different places.

    In a process of its own, where no thread that another test has left writes between the lines.
    """
    command = [sys.executable, "-X", "utf8", "-c", "from docs.make_commands import page; print(page())"]
    shown = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=True).stdout
    current = without_white_space(text_of(PAGE)) == without_white_space(shown)
    assert current, "docs/commands.md is out of date; run: make docs"


@pytest.mark.parametrize("names", list(commands()), ids=" ".join)
def test_every_command_and_option_is_on_the_page(names: tuple[str, ...]) -> None:
    title = " ".join(("clipsearch", *names))
    section = text_of(PAGE).partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert f"Usage: {title} " in section
    for option in options_of(command_at(names)):
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", section), f"{title} {option}"


def test_subcommands_are_walked() -> None:
    assert {(), ("labels",), ("labels", "list"), ("roots", "move"), ("export-labels",)} <= set(commands())
