"""Tests of clipsearch roots: listed, added, removed and moved."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
import pytest

import cli.output.rows
from cli.main import main
from indexer.store.lock import only_writer
from indexer.store.store import Store
from tests.cli.conftest import Invoke, one_sentence
from tests.conftest import MakePicture


def test_list(indexed: Invoke, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "later").mkdir()
    indexed("roots", "add", tmp_path / "later", "--exclude", "*.tif", "--exclude", "raw/", "--follow-links")
    lines = [line.split("\t") for line in indexed("roots", "list").stdout.splitlines()]
    assert [line[0] for line in lines] == ["3", "0"]
    assert lines[0][2:] == ["mounted", "-", str(photos)]
    assert lines[1][1:] == ["", "empty", "without *.tif; without raw/; follows links", str(tmp_path / "later")]
    found = json.loads(indexed("roots", "list", "--format", "json").stdout)
    assert found[0]["indexed_at"].endswith("+00:00") and found[1]["indexed_at"] is None
    assert found[1]["rules"] == {"exclude": ["*.tif", "raw/"], "include_hidden": False, "follow_links": True}
    assert indexed("roots", "list", "-0").stdout == f"{photos}\0{tmp_path / 'later'}\0"
    csv = indexed("roots", "list", "--format", "csv").stdout.splitlines()
    assert csv[0] == "pictures,indexed_at,state,rules,path" and len(csv) == 3
    (tmp_path / "later").rmdir()
    assert "not there" in indexed("roots", "list").stdout
    monkeypatch.setattr(cli.output.rows, "is_terminal", lambda _: True)
    assert "mounted" in indexed("roots", "list").stdout
    one_sentence(indexed("roots", "list", "-0", "--format", "csv"), "-0", code=2)


def test_list_without_roots(clipsearch: Invoke, photos: Path) -> None:
    one_sentence(clipsearch("roots", "list"), "no library", "clipsearch index FOLDER")
    clipsearch("roots", "add", photos)
    clipsearch("roots", "remove", photos)
    result = clipsearch("roots", "list", "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert "No roots" in result.stderr


def test_add(clipsearch: Invoke, photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    file = picture("a.png", "red")
    picture("b.tif", "red")
    (photos / "sub").mkdir()
    assert f"Added {photos};" in clipsearch("roots", "add", photos).stderr
    assert "is a root already" in clipsearch("roots", "add", photos).stderr
    assert f"is inside the root {photos}" in clipsearch("roots", "add", photos / "sub").stderr
    assert "Changed what" in clipsearch("roots", "add", photos, "--exclude", "*.tif").stderr
    assert "1 encoded" in clipsearch("index").stderr, "the root remembers its patterns"
    one_sentence(clipsearch("roots", "add", photos / "nowhere"), "no folder")
    one_sentence(clipsearch("roots", "add", file), "is a file")
    one_sentence(clipsearch("roots", "add", photos / "sub", "--include-hidden"), "whole root", code=2)
    one_sentence(clipsearch("roots", "add", photos, "--exclude", "["), "not a pattern", code=2)
    assert clipsearch("roots", "add").exit_code == 2
    (tmp_path / "new").mkdir()
    one_sentence(clipsearch("roots", "add", tmp_path / "new", photos / "sub", "--follow-links"), "whole root", code=2)
    assert str(tmp_path / "new") not in clipsearch("roots", "list").stdout, "all or none"


def test_a_mistake_makes_no_library(clipsearch: Invoke, tmp_path: Path) -> None:
    one_sentence(clipsearch("roots", "add", tmp_path / "nowhere"), "no folder")
    assert not (tmp_path / "lib").exists()


def test_remove(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    one_sentence(indexed("roots", "remove", photos / "red.png"), f"index {photos} --exclude /red.png")
    one_sentence(indexed("roots", "remove", photos / "what [now]*"), f"index {photos} --exclude '/what \\[now]\\*'")
    one_sentence(indexed("roots", "remove", tmp_path / "unknown"), "roots list")
    result = indexed("roots", "remove", photos)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 pictures; the files themselves were not touched" in result.stderr
    assert (photos / "red.png").exists()
    assert indexed("query", "red").stdout == ""


def test_the_advice_to_leave_a_folder_out_works_and_keeps_the_other_patterns(indexed: Invoke, photos: Path) -> None:
    indexed("index", photos, "--exclude", "*.gif")
    one_sentence(
        indexed("roots", "remove", photos / "sub"), f"clipsearch index {photos} --exclude '*.gif' --exclude /sub"
    )
    indexed("index", photos, "--exclude", "*.gif", "--exclude", "/sub")
    assert indexed("query", "blue", "--all", "--format", "paths").stdout == f"{photos / 'red.png'}\n"


def test_remove_a_root_whose_drive_is_gone(indexed: Invoke, photos: Path) -> None:
    shutil.rmtree(photos)
    assert "with 3 pictures" in indexed("roots", "remove", f"{photos}/").stderr


def test_remove_asks_on_a_terminal(indexed: Invoke, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answers = iter([False, True])

    def confirm(question: str, err: bool) -> bool:
        asked.append(question)
        return next(answers)

    monkeypatch.setattr(cli.output.rows, "is_terminal", lambda _: True)
    monkeypatch.setattr(click, "confirm", confirm)
    result = indexed("roots", "remove", photos)
    assert (result.exit_code, "Nothing was forgotten" in result.stderr) == (1, True)
    assert asked == [f"Forget 3 pictures of {photos} and their labels?"]
    assert indexed("roots", "remove", photos).exit_code == 0
    indexed("roots", "add", photos)
    assert indexed("roots", "remove", "--yes", photos).exit_code == 0
    assert len(asked) == 2


def test_move(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    new = photos.rename(tmp_path / "pictures")
    one_sentence(indexed("roots", "move", photos, tmp_path / "lib"), "None of 3", "--force")
    result = indexed("roots", "move", photos, new)
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"Moved to {new}: 3 pictures keep" in result.stderr
    assert indexed("query", "red", "-k", "1", "--format", "paths").stdout == f"{new / 'red.png'}\n"
    assert "0 encoded, 3 unchanged" in indexed("index").stderr
    assert indexed("roots", "move", new).exit_code == 2


def test_move_tells_what_is_missing_and_what_merged(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    new = photos.rename(tmp_path / "pictures")
    (new / "red.png").unlink()
    indexed("roots", "add", tmp_path)
    indexed("index", new)
    told = indexed("roots", "move", photos, new).stderr
    assert "2 pictures that the library had there already" in told
    assert f"belong to the root {tmp_path}" in told
    assert "Of 3 pictures that were looked for, 2 are there" in told


def test_a_library_that_is_being_indexed_is_left_alone(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "lib") as store, only_writer(store):
        for command in (["remove", photos], ["add", tmp_path], ["move", photos, tmp_path]):
            one_sentence(indexed("roots", *command), "being indexed")
        assert indexed("roots", "list").exit_code == 0


def test_every_subcommand_has_help_with_an_example() -> None:
    group = main.get_command(click.Context(main), "roots")
    assert isinstance(group, click.Group) and sorted(group.commands) == ["add", "list", "move", "remove"]
    for command in group.commands.values():
        assert command.help and "Example:" in command.help
