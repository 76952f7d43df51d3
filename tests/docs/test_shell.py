"""The commands that pages show are commands that the command line takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.main import main
from tests.docs.command_tree import all_options
from tests.docs.pages import DOCS, WRITTEN, blocks, name_of, prose

SHELL = ("", "ini")  # languages of blocks in which commands stand
ENDS = {"|", ";", "&&", "||", "&", ">", "<", ">>", "("}


def words(code: str) -> Iterator[list[str]]:
    """Yield the words of each line of shell; the names before = in a unit file are no words."""
    for line in re.sub(r"\\\n", " ", code).splitlines():
        reader = shlex.shlex(re.sub(r"^\w+=(?=[%/])", "", line), posix=True, punctuation_chars=True)
        reader.whitespace_split = True
        yield list(reader)


def calls(code: str) -> Iterator[list[str]]:
    """Yield the arguments of each call of clipsearch in a piece of shell."""
    for line in words(code):
        for place, word in enumerate(line):
            if word.rpartition("/")[2] == "clipsearch" and not set(line[:place]) & {"install", "uninstall"}:
                end = next((index for index in range(place, len(line)) if line[index] in ENDS), len(line))
                yield line[place + 1 : end]


def check(arguments: list[str]) -> None:
    """Raise click.UsageError if the command line does not take these arguments."""
    command: click.Command = main
    rest = arguments
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        below = command.get_command(click.Context(command), rest[0])
        if below is None:
            raise click.UsageError(f"There is no command {rest[0]}.")
        command, rest = below, rest[1:]
    context = click.Context(command)
    given, _, _ = command.make_parser(context).parse_args(list(rest))
    for option in command.params:
        if isinstance(option.type, click.Choice) and given.get(str(option.name)) is not None:
            option.type_cast_value(context, given[str(option.name)])


@pytest.mark.parametrize("shown", WRITTEN, ids=name_of)
def test_commands_that_pages_show_are_taken(shown: Path) -> None:
    spans = re.findall(r"`(clipsearch [^`\n]+)`", prose(shown))
    for code in [*blocks(shown, *SHELL), *spans]:
        for arguments in calls(code):
            try:
                check(arguments)
            except click.UsageError as error:
                pytest.fail(f"{name_of(shown)}: clipsearch {shlex.join(arguments)}: {error.format_message()}")


@pytest.mark.parametrize("shown", [page for page in WRITTEN if page.parent == DOCS], ids=name_of)
def test_options_that_pages_name_exist(shown: Path) -> None:
    unknown = set(re.findall(r"`(--[a-z][a-z-]*)", prose(shown))) - all_options()
    assert not unknown, f"{name_of(shown)}: there is no {unknown}"


@pytest.mark.parametrize(
    "wrong",
    [
        "clipsearch querry x",
        "clipsearch query x --pluss y",
        "clipsearch labels lost",
        "x | clipsearch query --sort size",
    ],
)
def test_wrong_commands_would_be_seen(wrong: str) -> None:
    (arguments,) = calls(wrong)
    with pytest.raises(click.UsageError):
        check(arguments)


def test_calls_are_found() -> None:
    cron = "17 * * * * $HOME/.local/bin/clipsearch index --quiet; clipsearch label -0 > x  # clipsearch info"
    assert list(calls(cron)) == [["index", "--quiet"], ["label", "-0"]]
    assert list(calls("ExecStart=%h/.local/bin/clipsearch watch --quiet")) == [["watch", "--quiet"]]
    assert list(calls("pipx uninstall clipsearch")) == []
