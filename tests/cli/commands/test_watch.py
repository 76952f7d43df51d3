"""Tests of clipsearch watch; what it indexes is tested in tests/indexer/watching."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from cli.main import main

LONG = 15.0  # seconds after which what is waited for will not come


def test_the_command_stops_on_sigterm_with_success(photos: Path, tmp_path: Path) -> None:
    run = "from cli.main import main; main()"
    command = [sys.executable, "-c", run, "watch", str(photos), "--library", str(tmp_path / "library")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        lines = iter(process.stderr.readline, "")
        told = next(line for line in lines if "Watching" in line)
        process.send_signal(signal.SIGTERM)
        assert (told, process.wait(LONG)) == ("Watching 1 folder; Ctrl-C ends.\n", 0)


def test_the_command_wants_a_folder_that_exists(tmp_path: Path) -> None:
    missing = CliRunner().invoke(main, ["watch", str(tmp_path / "none")])
    assert (missing.exit_code, "no such folder" in missing.stderr) == (1, True)
    nothing = CliRunner().invoke(main, ["watch"])
    assert (nothing.exit_code, "Name a folder to watch" in nothing.stderr) == (2, True)
