"""Tests of cli.terminal.streams: whatever is done to the standard streams, there is a sentence or silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.store.store import Store
from tests.conftest import REPOSITORY
from tests.exporting import labelled_library

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")

COMMANDS = [
    "query --label cup",
    "query --label cup --format json",
    "query --label cup -0",
    "info",
    "info --format json",
    "failures",
    "roots list",
    "labels list",
    "labels show cup,car",
    "undo --list",
    "export-labels --csv -",
    "export-labels --dry-run",
    "--help",
    "query --help",
    "--version",
    "nonsense",
    "query --nonsense",
    "query",
    "index",
]
# What the shell does to the streams, and whether all is as without it
REDIRECTIONS = {
    "<&-": True,
    ">&-": True,
    "2>&-": True,
    ">&- 2>&-": True,
    "<&- >&- 2>&-": True,
    "2>/dev/full": True,
    ">&- 2>/dev/full": True,
    ">/dev/full": False,
    ">/dev/full 2>/dev/full": False,
    ">/dev/full 2>&-": False,
    "| true": False,
    "| head -c 1 > /dev/null": False,
    "2>&1 | true": False,
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with labels."""
    folder = tmp_path_factory.mktemp("streams")
    (folder / "photos").mkdir()
    with Store.create(folder / "library") as store:
        return labelled_library(store, folder / "photos")


def run(library: Path, command: str, redirection: str) -> tuple[int, str, str]:
    """Run a command in a shell, and return its exit code, stdout and stderr."""
    program = f'"{sys.executable}" -c "from cli.main import main; main(prog_name=\'clipsearch\')"'
    environment = {**os.environ, "CLIPSEARCH_LIBRARY": str(library), "PYTHONPATH": str(REPOSITORY)}
    line = f"set -o pipefail; {program} {command} {redirection}"
    result = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=environment, check=False)
    return result.returncode, result.stdout, result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_closed_and_full_streams(library: Path, command: str) -> None:
    code, out, error = run(library, command, "")
    turn = COMMANDS.index(command) % 3  # a process each takes its time
    for redirection, is_same in list(REDIRECTIONS.items())[turn::3]:
        now, _, said = run(library, command, redirection)
        assert "Traceback" not in said and "Exception ignored" not in said, (redirection, said)
        assert len(said.splitlines()) <= len(error.splitlines()) + 1, (redirection, said)
        if is_same or not out:
            assert now == code, (redirection, said)
        elif ">/dev/full" in redirection:
            assert now == 1 and (redirection != ">/dev/full" or "The disk is full" in said), (redirection, said)


def test_the_database_is_not_written_into(library: Path) -> None:
    """A file opened with the number of a closed stream would get what is written to that stream."""
    before = run(library, "query --label cup --format json", "")
    for command in ("index", "label --name cup,car", "export-labels --csv - --threshold 0", "info"):
        run(library, command, ">&- 2>&- <&-")
    assert run(library, "query --label cup --format json", "") == before
