"""Tests of cli.output.unjudged: every command with filters says what they could not judge, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Invoke
from tests.conftest import MakePicture
from tests.terminals import on_terminal

COMMANDS = {
    "query": ("query", "red", "--all"),
    "filters alone": ("query",),
    "similar": ("similar", "PICTURE"),
    "duplicates": ("duplicates",),
    "label": ("label", "--classes", "red,blue"),
    "export-labels": ("export-labels", "set", "--csv", "-"),
}


@pytest.fixture
def library(clipsearch: Invoke, photos: Path, picture: MakePicture) -> Invoke:
    """A library of three pictures, of which one has a date in its name, with a label set."""
    for name, colour in (("IMG_20190704_123005.png", "red"), ("sub/a.png", "blue"), ("sub/b.png", "white")):
        picture(name, colour)
    assert clipsearch("index", photos).exit_code == 0
    assert clipsearch("label", "--classes", "red,blue", "--name", "set").exit_code == 0
    return clipsearch


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_it_once(library: Invoke, photos: Path, command: str) -> None:
    picture = str(photos / "IMG_20190704_123005.png")
    arguments = [picture if part == "PICTURE" else part for part in COMMANDS[command]]
    dates = library(*arguments, "--after", "2019", "--before", "2030")
    assert dates.exit_code == (1 if command == "similar" else 0), dates.output  # no other has a date
    assert dates.stderr.count("2 pictures have no date and so can't pass --after and --before.") == 1
    places = library(*arguments, "--near", "48.85,2.35", "--before", "2030", "--in", photos / "sub")
    assert places.stderr.count("2 pictures have no date and no place and so can't pass --before and --near.") == 1
    assert places.stderr.count("can't pass") == 1
    assert "can't pass" not in library(*arguments, "--type", "png").stderr


def test_one_picture_and_none(library: Invoke, photos: Path) -> None:
    (photos / "sub" / "a.png").unlink()
    assert library("index", photos).exit_code == 0
    assert "1 picture has no date and so can't pass --after." in library("query", "--after", "2019").stderr
    (photos / "sub" / "b.png").unlink()
    assert library("index", "--prune", photos).exit_code == 0
    assert "can't pass" not in library("query", "--after", "2019").stderr


def test_a_label_says_from_which_sets_it_is(indexed: Invoke, tmp_path: Path) -> None:
    indexed("label", "--classes", "red,blue", "--no-other")
    assert "label set" not in indexed("query", "--label", "red").stderr
    shown, _ = on_terminal(tmp_path / "lib", "query", "--label", "red")
    assert '"red" is from the label set "red,blue", a draft.' in shown
    indexed("label", "--classes", "red,lime", "--no-other", "--name", "mine")
    several = indexed("query", "--label", "red").stderr
    assert '"red" is from 2 label sets, "red,blue", "mine"; for one alone: --label "' in several
    assert "label set" not in indexed("query", "--label", "mine:red").stderr
    shown, _ = on_terminal(tmp_path / "lib", "query", "--label", "mine:red")
    assert "label set" not in shown
