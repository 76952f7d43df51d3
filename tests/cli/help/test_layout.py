"""Tests of cli.help: headings, columns, and where lines may be broken."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from cli.help.commands import HelpedCommand
from cli.help.headings import GENERAL, ORDER, PLAIN, WHICH, headed
from cli.help.layout import FEW, wrapped
from cli.main import main
from docs.make_commands import commands


@click.command(cls=HelpedCommand)
@headed(GENERAL, click.option("--late", help="Late."))
@click.option("--nowhere", help="Under no heading.")
@headed(
    WHICH,
    headed(GENERAL, click.option("--own", help="Keeps the heading of its group.")),
    *(click.option(f"--n{number}", metavar="N" * number, help="Some.") for number in range(FEW)),
    click.option("--a-name-that-is-too-long-for-a-column", help="On the next line."),
)
def many(**options: object) -> None:
    """Do much."""


@click.command(cls=HelpedCommand)
@headed(GENERAL, click.option("--late", help="Late."))
def few(late: str) -> None:
    """Do little."""


def test_options_stand_under_headings_in_one_column() -> None:
    lines = CliRunner().invoke(many, ["--help"], terminal_width=80).stdout.splitlines()
    headings = [line.rstrip(":") for line in lines if line.endswith(":")]
    assert headings == [PLAIN, WHICH, GENERAL] == sorted(headings, key=ORDER.index)
    late, own, help_ = (
        lines.index(next(line for line in lines if name in line)) for name in (" --late", "--own", "-h")
    )
    assert lines.index(f"{GENERAL}:") < late and lines.index(f"{GENERAL}:") < own < help_ == len(lines) - 1
    texts = ("Late.", "Under no heading.", "Keeps", "Some.", "On the next line.", "Show this message")
    assert len({line.index(text) for line in lines for text in texts if text in line}) == 1


def test_a_few_options_need_no_headings() -> None:
    shown = CliRunner().invoke(few, ["--help"], terminal_width=80).stdout
    assert f"{PLAIN}:\n  --late" in shown and GENERAL not in shown


def test_examples_and_names_of_options_stay_whole() -> None:
    text = "By --link-kind and a well-known camera. Example: --camera 'iphone 12'  [default: auto or so]"
    for width in range(32, 100):
        lines = wrapped(text, width)
        assert " ".join(lines).split() == text.split()
        assert all(len(line) <= width for line in lines)
        for whole in ("Example: --camera 'iphone 12'", "[default: auto or so]", "--link-kind"):
            assert any(whole in line for line in lines), lines


def test_what_can_not_be_broken_is_longer_than_the_line() -> None:
    assert wrapped("Example: " + "x" * 50 + " y", 30) == ["Example:", "x" * 50, "y"]
    assert wrapped("", 30) == []


def test_no_line_is_one_short_word_if_that_can_be_helped() -> None:
    assert wrapped("one two three four five six seven end", 33) == ["one two three four five six", "seven end"]
    assert wrapped("incomprehensibilities end", 23) == ["incomprehensibilities", "end"]


@pytest.mark.parametrize("names", list(commands()), ids=" ".join)
@pytest.mark.parametrize("width", [78, 98])  # what click leaves of 80 and 100 columns
def test_help_fits_on_the_terminal(names: tuple[str, ...], width: int) -> None:
    shown = CliRunner().invoke(main, [*names, "--help"], terminal_width=width).stdout
    examples = shown.partition("Example:\n")[2].partition("\n\n")[0]  # are copied, so they are never broken
    long = [line for line in shown.replace(examples, "").splitlines() if len(line) > width]
    assert not long


@pytest.mark.parametrize("names", list(commands()), ids=" ".join)
def test_help_fits_on_a_narrow_terminal(names: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*names, "--help"], env={"COLUMNS": "40"}).stdout
    examples = shown.partition("Example:\n")[2].partition("\n\n")[0]
    options = {line for line in shown.splitlines() if line.startswith("  -")}  # a name is never broken
    rest = [line for line in shown.replace(examples, "").splitlines() if line not in options]
    assert [line for line in rest if len(line) > 40 and len(line.split()) > 1] == []


def test_the_longest_help_can_be_taken_in() -> None:
    """It was 97 lines without headings; each new option is a line, or two."""
    assert len(CliRunner().invoke(main, ["query", "--help"], terminal_width=80).stdout.splitlines()) <= 69
