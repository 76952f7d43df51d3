"""Tests of cli.hints.answers: what stands below an answer on a terminal, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Invoke
from tests.conftest import MakePicture
from tests.terminal_sessions import on_terminal


def test_who_is_in_an_indexed_folder_learns_of_here(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    library = tmp_path / "lib"

    def told(folder: Path, *arguments: str | Path) -> str:
        with on_terminal(*arguments, library=library, folder=folder) as terminal:
            assert terminal.end() == 0, terminal.shown
            return terminal.shown.partition("--here")[0].splitlines()[-1] if "--here" in terminal.shown else ""

    assert told(photos / "sub", "query", "white", "--all") == "1 of these is not below the current folder; "
    assert told(photos / "sub", "query", "red", "--all", "-k", "1") == "None of these is below the current folder; "
    assert told(photos / "sub", "similar", "white.png") == "1 of these is not below the current folder; "
    assert told(photos / "sub", "query", "white", "--here") == told(photos / "sub", "query", "--in", photos) == ""
    assert told(photos, "query", "white", "--all") == told(tmp_path, "query", "white", "--all") == ""


def test_a_pipe_gets_no_hints(indexed: Invoke, photos: Path) -> None:
    assert indexed("query", "--type", "png", "-k", "1").stderr == ""


def test_that_more_match_is_told(clipsearch: Invoke, photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    for number in range(12):
        picture(f"{number}.png", "red" if number else "blue")
    assert clipsearch("index", photos).exit_code == 0
    for asked, said in (
        (["red"], "1 more matches; -k 11 shows it."),
        (["red", "-k", "3"], "8 more match; -k 11 shows them."),
        (["--type", "png", "-k", "5"], "7 more match; -k 12 shows them."),
        (["red", "-k", "11"], ""),
        (["red", "--all", "-k", "2"], ""),
    ):
        with on_terminal("query", *asked, library=tmp_path / "lib", folder=tmp_path) as terminal:
            assert terminal.end() == 0
            assert (terminal.shown.splitlines()[-1] == said) if said else ("more match" not in terminal.shown)
