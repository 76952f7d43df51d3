"""Tests of `clipsearch watch`; the watching itself is tested in tests/indexer/watching."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from cli.commands.watch import short_lines
from cli.main import main
from indexer.indexing.summary import Summary

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


def test_a_run_is_told_in_a_line_without_what_did_not_happen() -> None:
    assert short_lines(Summary()) == []
    assert short_lines(Summary(encoded=3, moved=1, forgotten=1)) == ["3 encoded, 1 moved, 1 forgotten."]
    assert short_lines(Summary(kept=[Path("/nas")]))[0].startswith("The pictures known in /nas are not there any more")
