"""Tests of cli.options.again: a command's line with other words."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from cli.options.again import called_with
from cli.options.library_before import library_before_option


@click.group()
@library_before_option
def main() -> None: ...


@main.command()
@click.argument("words", nargs=-1)
@click.option("-k", type=int, default=10)
@click.option("--all", "everything", is_flag=True)
@click.option("--no-fold", "fold", flag_value=False, default=True)
@click.option("--links/--no-links")
@click.option("--in", "folder", multiple=True)
@click.option("--library")
@click.pass_context
def find(context: click.Context, **given: object) -> None:
    click.echo(" ".join(called_with(context, ["new", "words"])))


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (["find", "old"], ""),
        (["find", "--in", "b", "old", "-k", "5", "--all", "--in", "a"], "-k 5 --all --in b --in a"),
        (["find", "--no-fold", "old", "--no-links"], "--no-fold --no-links"),
        (["find", "--links", "old"], "--links"),
        (["--library", "lib", "find", "old"], "--library lib"),
        (["--library", "lib", "find", "--library", "other"], "--library other"),
    ],
)
def test_options_stay_and_words_change(typed: list[str], line: str) -> None:
    result = CliRunner().invoke(main, typed)
    assert result.exit_code == 0, result.output
    assert result.output.split() == ["clipsearch", "find", "new", "words", *line.split()]
