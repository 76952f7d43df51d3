"""Tests of cli.main: every command has help, and every mistake is one sentence."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import cli.commands
from cli.help.command_list import COMMANDS, SUMMARIES
from cli.help.commands import SHORT
from cli.main import main
from indexer.store.store import DATABASE_NAME, Store
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import REPOSITORY


def test_a_damaged_and_a_newer_library(clipsearch: Invoke, tmp_path: Path, photos: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / DATABASE_NAME).write_text("no database" * 500)
    for command in (["query", "red"], ["info"], ["index", photos], ["label", "--classes", "a,b"]):
        one_sentence(clipsearch(*command), "move it away")
    (tmp_path / "lib" / DATABASE_NAME).unlink()
    with Store.create(tmp_path / "lib") as store:
        store.db.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('clipsearch', 'm999')")
    one_sentence(clipsearch("query", "red"), "newer clipsearch")


def commands(group: click.Group = main) -> list[click.Command]:
    """Return the commands, each group followed by those below it."""
    context = click.Context(group)
    found = [command for name in group.list_commands(context) if (command := group.get_command(context, name))]
    return [one for command in found for one in (command, *_below(command))]


def _below(command: click.Command) -> list[click.Command]:
    return commands(command) if isinstance(command, click.Group) else []


@pytest.mark.parametrize("command", commands(), ids=lambda command: str(command.name))
def test_no_two_options_of_a_command_have_one_name(command: click.Command) -> None:
    names = [parameter.name for parameter in command.params]
    assert len(names) == len(set(names))


OBVIOUS = {
    "DIR",
    "FILE",
    "N",
    "NAME",
    "LIST",
    "SET",
    "[SET]",
    "DISTANCE",
    "SIZE",
    "SCORE",
}  # and what is chosen from a list
OBVIOUS_FORM = re.compile(r"FILE|,\.\.\.$")


@pytest.mark.parametrize("command", commands(), ids=lambda command: str(command.name))
def test_every_command_and_option_has_help_with_an_example_that_says_something(command: click.Command) -> None:
    assert command.help and "Example:" in command.help
    for option in command.params:
        if isinstance(option, click.Option):
            text, _, example = (option.help or "").partition("Example: ")
            named = f"{command.name} {option.opts}"
            assert text, named
            assert example.split() not in [[name] for name in option.opts], f"{named}: it only repeats the name"
            if isinstance(option.type, click.Choice):
                assert all(choice in text for choice in option.type.choices), named
            elif not option.is_flag and option.metavar not in OBVIOUS and not OBVIOUS_FORM.search(str(option.metavar)):
                assert example, f"{named}: it takes a value of which nobody knows the form"


def test_version_and_help() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.startswith("clipsearch, version 0.")
    assert "red envelope" in CliRunner().invoke(main, ["--help"]).output


def test_unforeseen_errors_are_sentences_too(clipsearch: Invoke, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Store, "create", broken)
    one_sentence(clipsearch("index", photos), "disk is full")


@pytest.mark.parametrize(("arguments", "imported"), [(["--help"], []), (["info", "--help"], ["cli.commands.info"])])
def test_only_the_command_that_is_called_is_imported(arguments: list[str], imported: list[str]) -> None:
    code = f"import sys; from cli.main import main; main({arguments}, standalone_mode=False); print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert [name for name in ended.stdout.split() if name.startswith("cli.commands.")] == imported


def test_help_lists_every_command_on_a_line_of_its_own_in_the_order_of_work() -> None:
    modules = {file.stem for file in Path(cli.commands.__file__).parent.glob("[a-z]*.py")}
    assert {name.replace("-", "_") for name in SUMMARIES} == modules
    assert main.list_commands(click.Context(main)) == list(SUMMARIES)
    assert list(SUMMARIES)[:4] == ["index", "query", "similar", "duplicates"]
    shown = CliRunner().invoke(main, ["--help"], terminal_width=78).stdout
    for heading, commands_ in COMMANDS.items():
        listed = shown.partition(f"{heading}:\n")[2].partition("\n\n")[0]
        assert [tuple(line.split(maxsplit=1)) for line in listed.splitlines()] == list(commands_.items())


def test_summaries_are_whole_and_short() -> None:
    summaries = {command.name: command.get_short_help_str() for command in commands()} | SUMMARIES
    for name, summary in summaries.items():
        assert len(summary) <= SHORT and summary.endswith(".") and not summary.endswith(".."), name


def test_help_begins_with_what_is_done_most() -> None:
    lines = CliRunner().invoke(main, ["--help"], terminal_width=78).stdout.splitlines()
    assert [line.split()[:2] for line in lines[2:5]] == [["clipsearch", name] for name in ("index", "query", "label")]
    assert CliRunner().invoke(main, []).output.startswith("\n".join(lines[:5]))
    assert "\n  list " in CliRunner().invoke(main, ["roots"]).output
