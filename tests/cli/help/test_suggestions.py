"""Tests of cli.help.suggestions: a command line without a command says what may have been meant, to be copied."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from cli.help.command_list import SUMMARIES
from cli.help.suggestions import OTHER_NAMES, meant
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture

LINES = {
    "cat": "query cat",
    "red envelope": "query red envelope",
    "red envelope -k 5": "query red envelope -k 5",
    "'it is' \"$5\" ;rm": "query 'it is' '$5' ';rm'",
    "car.png": "query car.png",  # there is no such file
    "Photos": "index Photos",
    ".": "index .",
    "Photos --library X": "index Photos --library X",
    "Photos --model=x --exclude y": "index Photos --model=x --exclude y",
    "./Photos -k 5": "query -k 5 --in ./Photos",
    "./Photos --all red": "query --all red --in ./Photos",
    "./Photos red envelope": "query red envelope --in ./Photos",
    "search red envelope": "query red envelope",
    "find -k 5 cat": "query -k 5 cat",
    "search": "query search",
    "Photos/red.png": "similar Photos/red.png",
    "Photos/red.png -k 5": "similar Photos/red.png -k 5",
    "-k 5 cat": "query -k 5 cat",
    "-k 5 query cat": "query -k 5 cat",
    "--in Photos": "query --in Photos",
    "--exclude x Photos": "index --exclude x Photos",
    "--like Photos/red.png": "query --like Photos/red.png",
    "--multi label --classes a,b": "label --multi --classes a,b",
    "--library X cat": "query cat --library X",
    "--library X -k 5 cat": "query --library X -k 5 cat",
}


@pytest.fixture
def at_home(photos: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where there is a folder Photos with a picture."""
    photos.rename(photos.with_name("Photos"))
    monkeypatch.chdir(photos.parent)
    Path("Photos/red.png").write_bytes(picture("red.png", "red").read_bytes())


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("typed", LINES)
def test_what_was_meant(clipsearch: Invoke, typed: str) -> None:
    result = clipsearch(*shlex.split(typed))
    one_sentence(result, f": clipsearch {LINES[typed]}", code=2)
    assert shlex.split(LINES[typed])[0] in SUMMARIES


@pytest.mark.usefixtures("at_home")
def test_a_folder_may_be_a_word(clipsearch: Invoke) -> None:
    one_sentence(clipsearch("Photos"), "index Photos - to search for the word: clipsearch query Photos", code=2)
    one_sentence(clipsearch("Photos", "red"), "query red --in Photos - to search", "query Photos red", code=2)
    assert "query" not in clipsearch("./Photos").stderr


@pytest.mark.parametrize("typed", ["quary", "qeury", "lake", "indx"])
def test_a_misspelt_command_may_be_a_word(clipsearch: Invoke, typed: str) -> None:
    meant = {"lake": "label", "indx": "index"}.get(typed, "query")
    one_sentence(clipsearch(typed, "red"), f"Did you mean '{meant}'", f": clipsearch query {typed} red", code=2)


def test_names_that_other_programs_have(clipsearch: Invoke) -> None:
    assert {name for name in OTHER_NAMES.values()} <= set(SUMMARIES)
    one_sentence(clipsearch("tag", "cat"), "Did you mean 'label'", ": clipsearch query tag cat", code=2)
    one_sentence(clipsearch("help", "query"), ": clipsearch query --help", code=2)
    one_sentence(clipsearch("help"), ": clipsearch --help", code=2)
    one_sentence(clipsearch("version"), ": clipsearch --version", code=2)


def test_the_suggested_lines_work(indexed: Invoke) -> None:
    line = indexed("red", "-k", "1").stderr.partition("clipsearch ")[2]
    result = indexed(*shlex.split(line))
    assert result.exit_code == 0 and "red.png" in result.stdout


def test_an_option_that_no_command_has_is_just_wrong(clipsearch: Invoke) -> None:
    for typed in (["--frobnicate", "cat"], ["--frobnicate"], ["--classes", "query", "cat"]):
        one_sentence(clipsearch(*typed), "No such option", code=2)


def test_odd_words(clipsearch: Invoke) -> None:
    one_sentence(clipsearch("", "cat"), "name of the command is empty", code=2)
    one_sentence(clipsearch("a\x1b[2J\nb"), r"'a\x1b[2J\nb'", code=2)
    one_sentence(clipsearch(os.fsdecode(b"caf\xe9")), r"caf\xe9", code=2)
    one_sentence(clipsearch("~nobody-of-this-name/x"), "No such command", code=2)
    one_sentence(clipsearch("x" * 5000 + ".png"), "No such command", code=2)
    assert "query" in meant(["a\0b.png"], SUMMARIES, lambda command, option: None)


@pytest.mark.parametrize("word", ["-dog", "-5 degrees", "-$(x)"])
def test_a_word_with_a_dash_stands_behind_two(indexed: Invoke, word: str) -> None:
    result = indexed("query", word)
    one_sentence(result, f"No such option '{word[:2]}'", f": clipsearch query -- {shlex.quote(word)}", code=2)
    assert indexed("query", "--", word).exit_code == 1
    for typed in (["query", "-X"], ["query", "--frob"], ["info", "-xyz"]):
        assert "two" not in indexed(*typed).stderr


def test_what_there_is_to_choose_from_stands_in_the_line(clipsearch: Invoke) -> None:
    one_sentence(clipsearch("completion"), "Missing argument", "Choose from: bash, zsh, fish", code=2)
