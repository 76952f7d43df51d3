"""Tests of search.journal.links_and_copies: nothing is overwritten, and no half file gets its name."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from search.journal.journal import Journal
from search.journal.links_and_copies import (
    OriginalUnreadable,
    copy_file,
    hard_link,
    make_folders,
    symbolic_link,
)
from tests.search.journal.conftest import ops


def test_folders_are_made_from_the_top_and_recorded(journal: Journal, tmp_path: Path) -> None:
    make_folders(journal, tmp_path / "a" / "b")
    make_folders(journal, tmp_path / "a" / "b")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        make_folders(journal, tmp_path / "file" / "c")
    journal.close()
    assert (tmp_path / "a" / "b").is_dir() and ops(journal) == [("folder", "a"), ("folder", "b")]


@pytest.mark.parametrize("make", [copy_file, hard_link, symbolic_link])
def test_a_taken_name_is_left_and_a_missing_original_is_told(
    journal: Journal, tmp_path: Path, make: Callable[[Journal, Path, Path], None]
) -> None:
    original, taken, broken = tmp_path / "a.jpg", tmp_path / "taken.jpg", tmp_path / "broken.jpg"
    original.write_bytes(b"picture")
    taken.write_bytes(b"mine")
    broken.symlink_to("nowhere")
    for path in (taken, broken):
        with pytest.raises(FileExistsError):
            make(journal, original, path)
    with pytest.raises(OriginalUnreadable, match="no such file"):
        make(journal, tmp_path / "gone.jpg", tmp_path / "new.jpg")
    (tmp_path / "gone.jpg.nextcloud").touch()
    with pytest.raises(OriginalUnreadable, match="away"):
        make(journal, tmp_path / "gone.jpg", tmp_path / "new.jpg")
    make(journal, original, tmp_path / "new.jpg")
    journal.close()
    assert (tmp_path / "new.jpg").read_bytes() == b"picture" and taken.read_bytes() == b"mine" and broken.is_symlink()
    assert sorted(path.name for path in tmp_path.glob("*.jpg")) == ["a.jpg", "broken.jpg", "new.jpg", "taken.jpg"]
    assert not list(tmp_path.glob(".clipsearch*"))


def test_what_fails_after_it_was_recorded_is_recorded_as_not_made(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    original = tmp_path / "a.jpg"
    original.write_bytes(b"picture")
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(OSError, match="cross-device"):
        hard_link(journal, original, tmp_path / "b.jpg")
    journal.close()
    assert ops(journal) == [("file", "b.jpg"), ("not made", "b.jpg")]
