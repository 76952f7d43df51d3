"""Tests of cli.options.basic: paths, and how a group of options becomes one object."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.options.basic import option_group, output_options
from cli.output.rows import OutputOptions
from tests.cli.conftest import Invoke, one_sentence


@dataclass(frozen=True)
class Shape:
    """What the options of the test make."""

    width: int
    output: OutputOptions
    height: int = 7

    def __post_init__(self) -> None:
        if self.width < 0:
            raise click.UsageError("Widths are not negative.")


shape_options = option_group(
    "shape", Shape, output_options, click.option("--width", type=int, help="A width."), click.option("--depth")
)


@click.command()
@shape_options
def draw(shape: Shape, depth: str | None) -> None:
    """Echo the shape."""
    click.echo(f"{shape} {depth}")


def test_a_group_takes_the_options_called_like_its_parameters_and_other_groups() -> None:
    drawn = CliRunner().invoke(draw, ["--width", "3", "-0", "--depth", "2"])
    assert drawn.output == f"{Shape(3, OutputOptions('table', True), 7)} 2\n"


def test_what_a_group_refuses_is_wrong_usage() -> None:
    for arguments, reason in ((["--width", "-1"], "not negative"), (["--width", "1", "-0", "--format", "csv"], "bare")):
        refused = CliRunner().invoke(draw, arguments)
        assert refused.exit_code == 2 and reason in refused.output and "Usage: draw" in refused.output


def test_help_shows_a_groups_options_in_their_order() -> None:
    text = CliRunner().invoke(draw, ["--help"]).output
    assert text.index("--format") < text.index("-0") < text.index("--width") < text.index("--depth")


@pytest.mark.parametrize(
    "arguments",
    [
        ["index", ""],
        ["query", "red", "--in", ""],
        ["query", "red", "--copy-to", ""],
        ["query", "red", "--html", ""],
        ["similar", ""],
        ["label", "", "--classes", "red,blue"],
        ["eval", ""],
        ["eval", "truth", "--plots", ""],
        ["export-labels", "--sort-into", ""],
        ["export-labels", "--csv", ""],
        ["roots", "move", "", "new"],
    ],
)
def test_an_empty_path_is_not_the_current_folder(indexed: Invoke, arguments: list[str]) -> None:
    one_sentence(indexed(*arguments), "The path is empty", code=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "red", "--copy-to"],
        ["query", "red", "--link-to"],
        ["query", "red", "--html"],
        ["eval", "truth", "--plots"],
        ["export-labels", "--sort-into"],
        ["export-labels", "--csv"],
        ["export-dataset", "--as", "cvat"],
    ],
)
def test_a_bucket_is_not_made_a_folder_of_that_name(clipsearch: Invoke, arguments: list[str]) -> None:
    one_sentence(clipsearch(*arguments, "s3://bucket/out"), "s3:// is no place on this machine", code=2)


def test_paths_that_no_file_system_takes(indexed: Invoke, photos: Path) -> None:
    (photos / "loop").symlink_to(photos / "loop")
    for path in (photos / "loop", "x" * 300, "~nobody-of-this-name/x"):
        one_sentence(indexed("index", path), "folder that exists")
        one_sentence(indexed("query", "red", "--in", path), "No picture in the library is below")
        result = indexed("label", path, photos / "red.png", "--classes", "red,blue", "--no-other")
        assert (result.exit_code, result.stdout[:4]) == (1, "red\t"), result.output
    one_sentence(indexed("query", "red", "-0", "--format", "json"), "-0", code=2)
    one_sentence(indexed("label", "--classes", "red\nblue"), "line break", code=2)
