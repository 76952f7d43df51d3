"""Tests of cli.options.filters: options that become filters."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.options.filters import filter_options
from search.filters.filters import Filters, describe


@click.command()
@filter_options
def ask(filters: Filters) -> None:
    """Echo the filters."""
    click.echo(json.dumps(describe(filters)))


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        ([], ""),
        (["--after", "2021", "--before", "2022"], "in 2021"),
        (["--near", "-33.86,151.2", "--radius", "500m"], "near -33.86,151.2 within 500 m"),
        (["--in", "/a", "--in", "/b"], "below /a or /b"),
        (["--in", "/a", "--here"], f"below /a or {Path.cwd()}"),
        (["--camera", "iphone", "--camera", "pixel"], "by a camera iphone or pixel"),
        (["--label", "cup", "--label", "salt, coarse"], "labelled cup or salt, coarse"),
        (["--type", "jpeg,heic", "--type", "raw"], "of type jpeg or heic or raw"),
        (["--min-size", "2mp"], "of at least 2 MP"),
        (["--named", "2019", "--named", "rome/", "--named", "2019"], 'with "2019" and "rome/" in the path'),
    ],
)
def test_options_become_filters(arguments: list[str], phrase: str) -> None:
    result = CliRunner().invoke(ask, arguments)
    assert result.exit_code == 0, result.output
    assert json.loads(result.output) == phrase


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--after", "04/07/2021"], '"04/07/2021" may be 4 July or 7 April; write 2021-07-04 or 2021-04-07.'),
        (["--after", "2022", "--before", "2021"], "Nothing is from 2022 on and before 2021"),
        (["--near", "Pariss"], 'No place called "Pariss" is known; perhaps "Paris, France"'),
        (["--near", "paris.jpg"], '"paris.jpg" is neither a place nor a picture'),
        (["--near", "Japan", "--radius", "5km"], "Japan has borders, and no radius"),
        (["--near", "48.85,2.35", "--radius", "5"], '"5" is no radius'),
        (["--radius", "5km"], "A radius needs a place"),
        (["--min-size", "500"], '"500" is no size'),
        (["--type", ""], "No type is named"),
        (["--camera", ""], "The name of a camera is empty"),
        (["--named", " "], "A part of a name is empty"),
    ],
)
def test_what_can_not_be_understood_is_wrong_usage(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(ask, arguments)
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_examples_can_be_used() -> None:
    for parameter in ask.params:
        assert isinstance(parameter, click.Option)
        _, _, example = (parameter.help or "").partition("Example: ")
        if example:
            assert example.startswith(f"{parameter.opts[0]} "), parameter.name
