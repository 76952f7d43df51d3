"""Tests of indexer.files.mounts; what runs make of it is tested with the plans (test_plan.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import FolderError
from indexer.files.mounts import existing_folder, file_is_gone, holds_something, nearest_folder, state_of


def test_a_folder_that_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").touch()
    assert existing_folder(Path()) == tmp_path
    with pytest.raises(FolderError, match="is a file"):
        existing_folder(Path("a.png"))
    with pytest.raises(FolderError, match="check the name"):
        existing_folder(Path("gone"))


def test_states(tmp_path: Path) -> None:
    (tmp_path / "full" / "sub").mkdir(parents=True)
    (tmp_path / "file").touch()
    names = ("full", "full/sub", "file", "gone")
    assert [state_of(tmp_path / name) for name in names] == ["mounted", "empty", "not there", "not there"]
    assert [holds_something(tmp_path / name) for name in names] == [True, False, False, False]
    (tmp_path / "loop").symlink_to("loop")
    assert state_of(tmp_path / "loop") == "not readable"


def test_a_file_is_gone_only_where_its_folder_still_holds_something(tmp_path: Path) -> None:
    (tmp_path / "sub" / "empty").mkdir(parents=True)
    (tmp_path / "sub" / "a.png").touch()
    assert nearest_folder(tmp_path, "sub/gone/further/a.png") == tmp_path / "sub"
    assert file_is_gone(tmp_path, "sub/gone/a.png")
    assert not file_is_gone(tmp_path, "sub/a.png")
    assert not file_is_gone(tmp_path, "sub/empty/a.png"), "a drive may have been mounted there"
    assert not file_is_gone(tmp_path / "gone", "a.png"), "the whole root is away"
