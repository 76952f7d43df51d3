"""Tests of cli.output.run_progress: what a run shows for people, for programs and for cron."""

from __future__ import annotations

import json
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
    def load(name: str, device: str) -> ColourEncoder:
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
