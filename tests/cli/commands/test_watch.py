"""Tests of clipsearch watch; what it indexes is tested in tests/indexer/watching."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from tests.cli.conftest import Invoke
from tests.conftest import MakePicture, moved_in
from tests.terminal_sessions import LONG, on_terminal


@pytest.fixture
def picture(picture: MakePicture, photos: Path) -> MakePicture:
    """Make a picture that is there as a whole at once, picture("a/b.png", "red")."""
    return moved_in(picture, photos)


def test_the_command_stops_on_sigterm_with_success(photos: Path, tmp_path: Path) -> None:
    run = "from cli.main import main; main()"
    command = [sys.executable, "-c", run, "watch", str(photos), "--library", str(tmp_path / "library")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        lines = iter(process.stderr.readline, "")
        told = next(line for line in lines if "Watching" in line)
        process.send_signal(signal.SIGTERM)
        assert (told, process.wait(LONG)) == ("Watching 1 folder; Ctrl-C ends.\n", 0)


def test_files_are_named_on_a_terminal(clipsearch: Invoke, photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    for name in ("old.png", "same.png", "there.png"):
        picture(name, "red")
    assert clipsearch("index", photos).exit_code == 0
    with on_terminal("watch", photos, library=tmp_path / "lib", folder=photos) as terminal:
        terminal.wait_for("Watching 1 folder")
        picture("first.png", "blue")
        terminal.wait_for("New: first.png\n1 encoded.")
        picture("same.png", "white")
        terminal.wait_for("Changed: same.png\n1 encoded.")
        (photos / "sub").mkdir()
        (photos / "there.png").rename(photos / "sub" / "here.png")
        terminal.wait_for("Moved: there.png to sub/here.png\n1 moved.")
        (photos / "old.png").unlink()
        terminal.wait_for("Gone: old.png\n1 forgotten.")
        (tmp_path / "many").mkdir()
        for number in range(14):
            picture(f"../many/{number}.png", "lime")
        (tmp_path / "many").rename(photos / "many")
        terminal.wait_for("14 encoded.")
        terminal.type("\x03")
        assert terminal.end() == 0
    many = terminal.shown.partition("forgotten.")[2]
    assert many.count("New: many/") == 10 and "\n... and 4 more.\n14 encoded." in many


def test_the_command_wants_a_folder_that_exists(tmp_path: Path) -> None:
    missing = CliRunner().invoke(main, ["watch", str(tmp_path / "none")])
    assert (missing.exit_code, "no such folder" in missing.stderr) == (1, True)
    nothing = CliRunner().invoke(main, ["watch"])
    assert (nothing.exit_code, "Name a folder to watch" in nothing.stderr) == (2, True)
