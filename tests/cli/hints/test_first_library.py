"""Tests of cli.hints.first_library: who asks before anything is indexed is offered that, on a terminal alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import LibraryMissing
from indexer.store.store import Store
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture
from tests.terminal_sessions import on_terminal


@pytest.fixture
def colours(photos: Path, picture: MakePicture) -> Path:
    picture("red.png", "red")
    picture("sub/blue.png", "blue")
    (photos / "notes.txt").touch()
    return photos


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (["query", "some", "red"], "red.png"),
        (["similar", "red.png"], "blue.png"),
        (["label", "--classes", "red,blue"], "blue"),
    ],
)
def test_yes_indexes_and_answers(colours: Path, tmp_path: Path, command: list[str], shown: str) -> None:
    home = {"HOME": str(tmp_path), "CLIPSEARCH_LIBRARY": ""}
    with on_terminal(*command, library=tmp_path / "lib", folder=colours, **home) as terminal:
        terminal.wait_for("There is no library yet. Index the 2 pictures in ~/photos now? [y/N]")
        terminal.type("y\n")
        assert terminal.end() == 0, terminal.shown
    assert "2 encoded" in terminal.shown and shown in terminal.shown.partition("2 encoded")[2]


@pytest.mark.parametrize(("keys", "code"), [("n\n", 1), ("\n", 1), ("\x03", 130)])
def test_no_and_ctrl_c(colours: Path, tmp_path: Path, keys: str, code: int) -> None:
    library = tmp_path / "other"
    with on_terminal("query", "red", "--library", library, library=tmp_path / "lib", folder=colours) as terminal:
        terminal.wait_for("other yet. Index the 2 pictures in ")
        terminal.type(keys)
        assert terminal.end() == code
    assert code == 1 or terminal.shown.endswith("[y/N]: ^C\nStopped.\n")
    assert ("run: clipsearch index FOLDER" in terminal.shown) == (code == 1)
    with pytest.raises(LibraryMissing):
        Store.open(library)


def test_where_nothing_is_offered(clipsearch: Invoke, colours: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    library = tmp_path / "lib"
    for folder in (tmp_path / "empty", Path("/")):
        with on_terminal("query", "red", library=library, folder=folder) as terminal:
            assert terminal.end() == 1 and "[y/N]" not in terminal.shown
            assert "run: clipsearch index FOLDER" in terminal.shown
    one_sentence(clipsearch("query", "red"), "run: clipsearch index FOLDER")
    assert clipsearch("roots", "add", tmp_path / "empty").exit_code == 0
    with on_terminal("query", "red", library=library, folder=colours) as terminal:
        assert terminal.end() == 1 and "[y/N]" not in terminal.shown


def test_the_home_folder_is_named(colours: Path, tmp_path: Path) -> None:
    with on_terminal("query", "red", library=tmp_path / "lib", folder=colours, HOME=str(colours)) as terminal:
        terminal.wait_for("Index the 2 pictures in your home folder now?")


def test_a_run_that_fails_ends_the_query(colours: Path, tmp_path: Path) -> None:
    library = tmp_path / "lib"
    with on_terminal("query", "red", "--model", "none/such", library=library, folder=colours) as terminal:
        terminal.wait_for("[y/N]")
        terminal.type("y\n")
        assert terminal.end() == 1
    assert terminal.shown.count("Error: ") == 1 and "no architecture 'none'" in terminal.shown


def test_a_library_whose_pictures_are_gone(indexed: Invoke, photos: Path) -> None:
    assert indexed("roots", "remove", photos, "--yes").exit_code == 0
    for command in (["query", "red"], ["query", "--type", "png"], ["similar", photos / "red.png"]):
        result = indexed(*command)
        assert result.exit_code == 1 and "no picture in the library" in result.stderr, result.stderr
        assert "clipsearch index FOLDER" in result.stderr
