"""Tests of clipsearch export-labels and cli.output.exported; tests/search/sidecars/test_export.py writes sidecars."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Invoke, one_sentence

LABEL = ("label", "--classes", "red,blue", "--no-other", "--name", "mine")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--copy"],
        ["--csv", "x.csv", "--dry-run"],
        ["x", "--remove", "--csv", "y.csv"],
        ["x", "--remove", "--threshold", "0.5"],
        ["x", "--remove", "--with-other"],
        ["--csv", "-", "--json", "-"],
        ["--json", "/nowhere/x.json", "--coco", "/nowhere/./x.json"],
    ],
)
def test_options_that_do_not_go_together(indexed: Invoke, arguments: list[str]) -> None:
    indexed(*LABEL)
    assert indexed("export-labels", *arguments).exit_code == 2


def test_without_labels_or_a_library_one_sentence_says_what_to_do(indexed: Invoke, tmp_path: Path) -> None:
    one_sentence(indexed("export-labels"), "clipsearch label", code=2)
    one_sentence(indexed("export-labels", "--library", tmp_path / "nowhere"), "no library")
    indexed(*LABEL)
    one_sentence(indexed("export-labels", "nonsense"), "nonsense", code=2)


def test_folders_and_their_undo(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    indexed(*LABEL)
    target = tmp_path / "sorted"
    dry = indexed("export-labels", "--sort-into", target, "--dry-run")
    assert f"{target / 'blue'}\t{photos / 'sub' / 'blue.png'}\n" in dry.stdout and not target.exists()
    done = indexed("export-labels", "--sort-into", target, "--copy")
    assert done.exit_code == 0 and f"Copied 3 pictures to {target}; clipsearch undo " in done.stderr
    (photos / "red.png").unlink()
    again = indexed("export-labels", "--sort-into", target, "--copy")
    assert (again.exit_code, "red.png: no such file" in again.stderr) == (1, True)
    assert "2 there already; 1 could not be read." in again.stderr


def test_lists_on_stdout_and_in_files(indexed: Invoke, photos: Path, tmp_path: Path) -> None:
    indexed(*LABEL)
    done = indexed("export-labels", "--csv", "-", "--json", tmp_path / "l.json")
    assert done.stdout.splitlines()[0] == "path,at,class,probability" and len(done.stdout.splitlines()) == 4
    assert f"Wrote {tmp_path / 'l.json'}; clipsearch undo " in done.stderr and (tmp_path / "l.json").exists()
    assert not list(photos.rglob("*.xmp")), "lists come instead of sidecars"
