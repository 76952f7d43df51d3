"""Tests of search.export.list_writing: lists are written whole, and over nothing but lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import FolderError, OutputError
from search.export.list_writing import write_lists
from search.journal.undo import find_action, take_back
from tests.conftest import MakePicture


def test_lists_are_written_whole_and_undone(library: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "lists" / "train.txt"
    old.write_bytes(b"mine")
    action = write_lists({old: b"labels", new: b"labels"}, library, make=new.parent)
    assert old.read_bytes() == new.read_bytes() == b"labels"
    assert write_lists({old: b"labels"}, library) == "", "nothing has changed"
    take_back(find_action(library, action))
    assert old.read_bytes() == b"mine" and not new.parent.exists()


def test_lists_write_over_no_picture_and_make_no_folder(library: Path, tmp_path: Path, picture: MakePicture) -> None:
    path = picture("a.png", "red")
    before = path.read_bytes()
    with pytest.raises(OutputError, match="there already"):
        write_lists({path: b"labels"}, library)
    with pytest.raises(OutputError, match="there already"):
        write_lists({tmp_path / "new.csv": b"labels", tmp_path: b"labels"}, library)
    with pytest.raises(FolderError, match="no folder"):
        write_lists({tmp_path / "nowhere" / "l.csv": b""}, library)
    assert path.read_bytes() == before and not (tmp_path / "new.csv").exists()
