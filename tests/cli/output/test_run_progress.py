"""Tests of cli.output.run_progress: what a run shows for people, for programs and for cron."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from indexer.errors import HubUnreachable
from indexer.models import loading, names
from tests.cli.conftest import Invoke
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder


def test_quiet_says_only_what_is_wrong(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    picture("a.png", "red")
    result = clipsearch("index", photos, "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    (photos / "bad.jpg").write_text("text")
    result = clipsearch("index", photos, "--quiet")
    assert (result.exit_code, result.output.count("\n")) == (3, 1)
    assert "bad.jpg: not a picture" in result.stderr


def test_every_line_of_the_json_log_is_an_object(clipsearch: Invoke, photos: Path, picture: MakePicture) -> None:
    picture("a.png", "red")
    (photos / "bad.jpg").write_text("text")
    result = clipsearch("index", photos, "--log-json")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    assert [event["event"] for event in events if event["event"] not in ("progress", "bottleneck")] == [
        "loading",
        "encoding",
        "problem",
        "summary",
    ]
    assert (events[-1]["encoded"], events[-1]["failed"], result.exit_code) == (1, 1, 3)
    result = clipsearch("index", photos / "nowhere", "--log-json")
    events = [json.loads(line) for line in result.stderr.splitlines()]
    assert (events[-1]["event"], result.exit_code) == ("error", 1)
    assert "folder that exists" in events[-1]["text"]


def test_the_log_is_json_and_quiet_is_not_silent_when_the_default_model_gives_way(
    monkeypatch: pytest.MonkeyPatch, photos: Path, picture: MakePicture, tmp_path: Path, encoder: ColourEncoder
) -> None:
    def load(name: str, *_: object) -> ColourEncoder:
        if name == names.DEFAULT_MODEL:
            raise HubUnreachable("offline")
        return encoder

    monkeypatch.setattr(loading, "load_encoder", load)
    picture("a.png", "red")
    result = CliRunner().invoke(main, ["index", str(photos), "--library", str(tmp_path / "one"), "--log-json"])
    events = [json.loads(line) for line in result.stderr.splitlines()]
    told = " ".join(event["text"] for event in events if event["event"] == "message")
    assert result.exit_code == 0 and "using the built-in model" in told
    result = CliRunner().invoke(main, ["index", str(photos), "--library", str(tmp_path / "other"), "--quiet"])
    assert "using the built-in model" in result.stderr


def _socket(folder: Path) -> None:
    import socket

    before = Path.cwd()
    with socket.socket(socket.AF_UNIX) as made:
        os.chdir(folder)  # its path may not be long
        try:
            made.bind("socket.jpg")
        finally:
            os.chdir(before)


def _loop_of_two(folder: Path) -> None:
    (folder / "one.jpg").symlink_to("two.jpg")
    (folder / "two.jpg").symlink_to("one.jpg")


NO_FILES: dict[str, Callable[[Path], object]] = {
    "a pipe": lambda folder: os.mkfifo(folder / "pipe.jpg"),
    "a pipe further down": lambda folder: os.mkfifo(folder / "sub" / "pipe.PNG"),
    "a socket": _socket,
    "a broken link": lambda folder: (folder / "broken.jpg").symlink_to("/nowhere/at/all.jpg"),
    "a broken relative link": lambda folder: (folder / "sub" / "broken.heic").symlink_to("../gone.heic"),
    "a link through a file": lambda folder: (folder / "broken.jpg").symlink_to(folder / "a.png" / "b.jpg"),
    "a link to itself": lambda folder: (folder / "self.jpg").symlink_to("self.jpg"),
    "a folder's link to itself": lambda folder: (folder / "self").symlink_to("self"),
    "two links to each other": _loop_of_two,
    "a link to the folder": lambda folder: (folder / "sub" / "loop").symlink_to(".."),
    "a link to a folder above": lambda folder: (folder / "sub" / "up").symlink_to("/"),
    "a link to its own folder": lambda folder: (folder / "here").symlink_to("."),
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_named_but_not_in_quiet_runs(
    clipsearch: Invoke, photos: Path, picture: MakePicture, kind: str
) -> None:
    picture("a.png", "red")
    picture("sub/b.png", "red")
    NO_FILES[kind](photos)
    for _ in range(2):
        result = clipsearch("index", photos, "--quiet")
        assert (result.exit_code, result.output) == (0, "")
    result = clipsearch("index", photos)
    assert result.exit_code == 0 and ("link" in result.stderr or "not a regular file" in result.stderr)
    problems = "2 other problems" if kind == "two links to each other" else "1 other problem;"
    assert problems in result.stderr


def test_a_folder_that_cannot_be_read_is_told_in_each_quiet_run(
    clipsearch: Invoke, photos: Path, picture: MakePicture
) -> None:
    picture("a.png", "red")
    os.mkfifo(photos / "pipe.jpg")
    (photos / ".clipsearchignore").write_bytes(b"\0")
    for _ in range(2):
        assert "not a text file" in clipsearch("index", photos, "--quiet").stderr
