"""Tests of indexer.exported.folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from indexer.exported.folder import (
    CHECKED,
    LEFT_OVER_SECONDS,
    Files,
    can_keep,
    hash_of,
    is_noted_damaged,
    look_again,
    new_folder,
    note_damage,
    read_json,
    read_sealed,
    seal,
)


def test_a_folder_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "below" / "tower"
    for content in ("one", "two"):
        with new_folder(target) as folder:
            (folder / "file").write_text(content)
            assert not target.exists() or (target / "file").read_text() == "one"
        assert (target / "file").read_text() == content
    with pytest.raises(OSError), new_folder(target) as folder:
        (folder / "file").write_text("three")
        raise OSError("No space left on device")
    assert (target / "file").read_text() == "two"
    assert [path.name for path in target.parent.iterdir()] == ["tower"]


def test_what_a_killed_run_left_is_removed_after_a_while(tmp_path: Path) -> None:
    old, new = tmp_path / "tower.abc", tmp_path / "tower.def"
    for folder in (old, new):
        folder.mkdir()
    then = time.time() - LEFT_OVER_SECONDS - 1
    os.utime(old, (then, then))
    with new_folder(tmp_path / "tower"):
        pass
    assert not old.exists() and new.exists(), "another process may be writing that one now"


def test_files_are_known_by_size_and_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    files = Files.of(tmp_path, ["a"])
    assert files.sizes == {"a": 7} and files.hashes == {"a": hash_of(tmp_path / "a")}
    assert files.are_there(tmp_path, ["a"]) and files.are_intact(tmp_path, ["a"])
    (tmp_path / "a").write_bytes(b"contenT")
    assert files.are_there(tmp_path, ["a"]) and not files.are_intact(tmp_path, ["a"])
    (tmp_path / "a").write_bytes(b"")
    assert not files.are_there(tmp_path, ["a"]) and not files.are_intact(tmp_path, ["a"])
    (tmp_path / "a").unlink()
    assert not files.are_there(tmp_path, ["a"]) and not files.are_intact(tmp_path, ["a"])
    assert not files.are_there(tmp_path, ["b"]), "of which nothing is known"


@pytest.mark.parametrize("content", ["", "[1]", "null", "{", "[" * 100_000, "\udcff"])
def test_json_that_is_no_object(tmp_path: Path, content: str) -> None:
    (tmp_path / "about.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert read_json(tmp_path / "about.json") is None
    assert read_json(tmp_path / "none.json") is None


def test_whether_anything_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "new" / "cache"))
    assert can_keep() and list((tmp_path / "new" / "cache").iterdir()) == []
    (tmp_path / "file").touch()
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "file" / "cache"))
    assert not can_keep()


def test_a_sealed_file_is_as_it_was_written_or_none(tmp_path: Path) -> None:
    file, fields = tmp_path / "about.json", {"scale": 14.29, "files": {"a": 1}, "name": "caf\u00e9"}
    file.write_text(seal(fields), encoding="utf-8")
    assert read_sealed(file) == fields
    content = file.read_bytes()
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1
        file.write_bytes(changed)
        assert read_sealed(file) in (None, fields), "white space may change"
    file.unlink()
    assert read_sealed(file) is None


def test_damage_is_noted_until_the_folder_is_written_again(tmp_path: Path) -> None:
    with new_folder(tmp_path / "tower"):
        pass
    assert not is_noted_damaged(tmp_path / "tower")
    note_damage(tmp_path / "tower")
    assert is_noted_damaged(tmp_path / "tower")
    with new_folder(tmp_path / "tower"):
        pass
    assert not is_noted_damaged(tmp_path / "tower")
    note_damage(tmp_path / "none")
    assert not is_noted_damaged(tmp_path / "none")


def test_files_are_hashed_again_when_they_change_or_after_a_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weights").write_bytes(b"some weights")
    files = Files.of(tmp_path, ["weights"])
    look_again(tmp_path, files)
    assert (tmp_path / CHECKED).exists() and not is_noted_damaged(tmp_path)
    hashed: list[Path] = []

    def hash_of(path: Path) -> str:
        hashed.append(path)
        return files.hashes["weights"]

    monkeypatch.setattr("indexer.exported.folder.hash_of", hash_of)
    look_again(tmp_path, files)
    assert hashed == []
    (tmp_path / "weights").touch()
    look_again(tmp_path, files)
    assert len(hashed) == 1
    monkeypatch.setattr("indexer.exported.folder.CHECK_SECONDS", 0.0)
    look_again(tmp_path, files)
    assert len(hashed) == 2
    monkeypatch.undo()
    (tmp_path / "weights").write_bytes(b"some weight5")
    look_again(tmp_path, files)
    assert is_noted_damaged(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Before: a query that looked at it waited for ever."""
    os.mkfifo(tmp_path / "weights")
    assert read_json(tmp_path / "weights") is None
    assert not Files({"weights": "00"}, {"weights": 0}).are_intact(tmp_path, ["weights"])
