"""Tests of clipsearch undo; tests/search/journal/test_undo.py undoes all that can be."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.conftest import Invoke, one_sentence
from tests.undo import undo


def test_what_was_done_is_listed_and_taken_back(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    assert "Nothing was copied, linked or written yet." in indexed("undo", "--list").stderr
    indexed("query", "red", "--copy-to", tmp_path / "best")
    action, *_, what = indexed("undo", "--list").stdout.rstrip("\n").split("\t")
    assert what == f"copy 1 picture to {tmp_path / 'best'}"
    dry = indexed("undo", action, "--dry-run")
    assert f"{tmp_path / 'best' / 'red.png'}\n" in dry.stdout and f"Would undo {action}" in dry.stderr
    done = indexed("undo")
    assert (done.exit_code, done.stdout) == (0, "") and f"Undone {action} (copy 1 picture" in done.stderr
    assert not (tmp_path / "best").exists() and (photos / "red.png").exists()


def test_a_list_is_of_all_actions(indexed: Invoke) -> None:
    for other in ("3fa9c1", "--dry-run"):
        one_sentence(indexed("undo", "--list", other), "neither an ID nor --dry-run", code=2)


def test_what_a_drive_has_given_new_numbers_can_be_taken_back(indexed: Invoke, tmp_path: Path) -> None:
    """The advice of before, to try again, kept the files each time."""
    indexed("query", "red", "--copy-to", tmp_path / "best")
    for file in (tmp_path / "best").iterdir():
        shutil.copy2(file, tmp_path / "new")
        (tmp_path / "new").replace(file)
    done = indexed("undo")
    action = done.stderr.partition("Undone ")[2].split()[0]
    assert f"clipsearch undo {action} --unproven\n" in done.stderr and (tmp_path / "best" / "red.png").exists()
    undo(tmp_path / "lib", action, "--unproven", answer="y\n")
    assert not (tmp_path / "best").exists()
