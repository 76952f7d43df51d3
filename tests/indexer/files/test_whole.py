"""Tests of whole: a file is there as a whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from indexer.files.whole import PART_PREFIX, rename_new, written_whole


def test_what_was_there_is_replaced_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    with written_whole(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
        assert part.parent == tmp_path and part.name.startswith(PART_PREFIX)
    assert path.read_text() == "new" and list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_all_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), written_whole(path) as part:
        part.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError), written_whole(tmp_path / "gone" / "file.txt") as part:
        part.write_text("new")


def test_renaming_without_hard_links_overwrites_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "part").write_text("new")
    (tmp_path / "taken").write_text("old")
    with pytest.raises(FileExistsError):
        rename_new(tmp_path / "part", tmp_path / "taken")
    rename_new(tmp_path / "part", tmp_path / "free")
    assert (tmp_path / "taken").read_text() == "old" and (tmp_path / "free").read_text() == "new"


def test_a_folder_from_which_nothing_can_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an append-only one: the file has its name, though it was said not to be there."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    (tmp_path / "part").write_text("new")
    monkeypatch.setattr(Path, "unlink", refuse)
    rename_new(tmp_path / "part", tmp_path / "free")
    assert (tmp_path / "free").read_text() == "new"
