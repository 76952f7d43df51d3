"""Tests of cli.output.viewer, with an opener of our own."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

import cli.output.viewer
from tests.cli.conftest import Invoke, hits_of
from tests.conftest import MakePicture


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for openers: on a busy machine each takes its time."""
    monkeypatch.setattr(cli.output.viewer, "PATIENCE", 120.0)


def opener(folder: Path, script: str) -> Path:
    """Make an xdg-open that writes down what it is asked to open."""
    folder.mkdir()
    program = folder / "xdg-open"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(stat.S_IRWXU)
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows have openers of their own")
def test_files_are_opened_by_the_system_without_a_shell(
    find: Invoke, picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture(os.fsdecode(b"$(touch pwned); caf\xe9 'x' \".png"), "red")
    folder = opener(tmp_path / "bin", f'printf "%s\\0" "$@" >> {tmp_path}/opened')
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("DISPLAY", ":0")
    result = find([*hits_of(path), *hits_of(path)], "--open")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "opened").read_bytes() == os.fsencode(path) + b"\0"
    (tmp_path / "opened").unlink()
    assert find(hits_of(path) * 30, "--open", "--html", tmp_path / "sheet.html").exit_code == 0
    assert (tmp_path / "opened").read_bytes() == os.fsencode(tmp_path / "sheet.html") + b"\0"


@pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows have openers of their own")
def test_what_can_not_be_opened_is_one_sentence(
    find: Invoke, picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture("a.png", "red")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    result = find(hits_of(path), "--open")
    assert (result.exit_code, "no display" in result.stderr) == (1, True)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "xdg-utils" in find(hits_of(path), "--open").stderr
    monkeypatch.setenv("PATH", f"{opener(tmp_path / 'bin', 'exit 3')}:/usr/bin:/bin")
    failed = find(hits_of(path), "--open")
    assert (failed.exit_code, "no viewer for" in failed.stderr) == (1, True), failed.output
    many = [picture(f"{number}.png", "red") for number in range(cli.output.viewer.UNASKED + 1)]
    assert find(hits_of(*many), "--open").exit_code == 2


def test_a_viewer_that_stays_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli.output.viewer, "PATIENCE", 0.3)
    cli.output.viewer._run([["sleep", "2"]])


@pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows have openers of their own")
@pytest.mark.parametrize("name", ["-e.png", "--version", "https:evil.png", "file:a.png", "-", "a\nb.png"])
def test_no_name_is_an_option_or_an_address_of_the_opener(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = opener(tmp_path / "bin", f'printf "%s\\0" "$@" >> {tmp_path}/opened')
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.chdir(tmp_path)
    cli.output.viewer.open_files([Path(name)])
    assert (tmp_path / "opened").read_bytes() == os.fsencode(tmp_path / name) + b"\0"
