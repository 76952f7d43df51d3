"""Tests of cli.hints.lost_roots: every command that meets a root that is gone says how to go on, once."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Invoke
from tests.terminal_sessions import on_terminal


def test_a_root_that_is_gone(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    photos.rename(tmp_path / "new")
    advice = f"mount its drive, or, if it was moved, run: clipsearch roots move {photos} NEW"
    for command in (["index"], ["index", photos], ["info"], ["roots", "list"]):
        assert indexed(*command).stderr.count(advice) == 1
    assert "NEW" not in indexed("roots", "list", "--format", "json").stderr
    assert json.loads(indexed("info", "--format", "json").stdout)
    assert advice in indexed("failures").stdout
    with on_terminal("query", "red", library=tmp_path / "lib", folder=tmp_path, HOME=str(tmp_path)) as terminal:
        assert terminal.end() == 0
    assert terminal.shown.endswith(
        "photos is not there: mount its drive, or, if it was moved, run: clipsearch roots move photos NEW\n"
    )
    assert indexed("roots", "move", photos, tmp_path / "new").exit_code == 0
    assert "NEW" not in indexed("index").stderr + indexed("failures").stdout + indexed("info").stderr


def test_several(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    for name in ("b c", "d"):
        (tmp_path / name).mkdir()
        (photos / "red.png").rename(tmp_path / name / "red.png")
        indexed("index", tmp_path / name)
        (tmp_path / name / "red.png").rename(photos / "red.png")
        (tmp_path / name).rmdir()
    told = indexed("info").stderr
    assert told.startswith(f"{tmp_path / 'b c'} is not there (1 more root not there either): mount its drive")
    assert f"roots move '{tmp_path / 'b c'}' NEW" in told and told.count("\n") == 1
