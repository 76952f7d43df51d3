"""Tests of cli.commands.undo: what is listed, and what is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from search.export.hit_folder import copy_hits
from search.export.manifest import MANIFEST
from search.journal.undo import actions
from search.results import Hit
from tests.conftest import MakePicture
from tests.undo import undo


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


@pytest.fixture
def best(tmp_path: Path) -> Path:
    return tmp_path / "new" / "best"


@pytest.fixture
def pictures(picture: MakePicture) -> list[Hit]:
    names = ("a.png", "b.png", os.fsdecode(b"caf\xe9.png"))
    return [Hit(picture(name, "red", (16 + number, 12)), 0.5) for number, name in enumerate(names)]


def test_undoing_twice_is_told(library: Path, best: Path, pictures: list[Hit]) -> None:
    done = copy_hits(pictures, best, library)
    assert undo(library, done.action).exit_code == 0
    named = undo(library, done.action)
    assert (named.exit_code, "was undone already" in named.stderr) == (1, True)
    last = undo(library)
    assert (last.exit_code, "nothing to undo any more" in last.stderr) == (1, True)
    assert "no action" in undo(library, "nonsense").stderr


def test_a_library_without_a_journal_has_nothing_to_undo(tmp_path: Path) -> None:
    result = undo(tmp_path / "nowhere")
    assert (result.exit_code, result.stderr) == (1, "Error: There is nothing to undo.\n")
    assert "Nothing was copied" in undo(tmp_path / "nowhere", "--list").stderr


def test_the_list_and_a_named_action(library: Path, best: Path, pictures: list[Hit]) -> None:
    first = copy_hits(pictures[:1], best, library)
    second = copy_hits(pictures[1:], best.with_name("other"), library)
    lines = [line.split("\t") for line in undo(library, "--list").stdout.splitlines()]
    assert [line[0] for line in lines] == [second.action, first.action]
    assert lines[1][2:] == ["2", "done", f"copy 1 picture to {best}"]
    assert undo(library, first.action).exit_code == 0
    assert not best.exists() and best.with_name("other").exists()
    assert [one.state for one in actions(library)] == ["done", "undone"]
    assert undo(library, "--list", "--dry-run").exit_code == 2


def test_a_dry_run_says_all_and_does_nothing(library: Path, best: Path, pictures: list[Hit]) -> None:
    copy_hits(pictures, best, library)
    (best / "a.png").write_text("mine now")
    result = undo(library, "--dry-run")
    lines = result.stdout_bytes.splitlines()
    assert lines == [os.fsencode(best / name) for name in (MANIFEST, pictures[2].path.name, "b.png")]
    assert "would keep" in result.stderr and "a.png: it has changed since" in result.stderr
    assert len(list(best.iterdir())) == 4 and actions(library)[0].state == "done"
    (best / "a.png").unlink()
    dry = undo(library, "--dry-run").stdout_bytes.splitlines()
    assert dry[-2:] == [os.fsencode(best), os.fsencode(best.parent)], "folders that would be empty"
