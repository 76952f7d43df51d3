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
    link_together,
    make_folders,
    symbolic_link,
)
from search.journal.undo import find_action, take_back
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


def test_many_links_are_recorded_before_any_is_made(library: Path, tmp_path: Path) -> None:
    """What a crash leaves of them is taken back, and what it did not come to is nobody's."""
    originals = [tmp_path / name for name in ("a.txt", "b.txt", "c.txt")]
    for original in originals:
        original.write_text(original.name)
    folder = tmp_path / "links"
    folder.mkdir()
    linked = os.link

    def crash_after_one(source: str, path: Path) -> None:
        if list(folder.iterdir()):
            raise KeyboardInterrupt
        linked(source, path)

    pairs = [(original, folder / original.name) for original in originals]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "link", crash_after_one)
        with Journal.begin(library, "link", [folder]) as journal:
            link_together(journal, pairs, "hard")
    assert [path.name for path in folder.iterdir()] == ["a.txt"]
    undone = take_back(find_action(library))
    assert undone.removed == [folder / "a.txt"] and not undone.kept and not undone.failed
    assert all(original.read_text() == original.name for original in originals)


def test_those_that_cannot_be_linked_are_left_to_be_linked_one_by_one(library: Path, tmp_path: Path) -> None:
    original, gone, taken = tmp_path / "a.txt", tmp_path / "gone.txt", tmp_path / "links" / "taken.txt"
    original.write_text("a")
    taken.parent.mkdir()
    taken.write_text("a person's own")
    pairs = [(original, taken.with_name("a.txt")), (gone, taken.with_name("gone.txt")), (original, taken)]
    with Journal.begin(library, "link", [taken.parent]) as journal:
        assert link_together(journal, pairs, "auto") == {taken.with_name("a.txt"): "hard"}
        assert link_together(journal, [(original, taken.with_name("s.txt"))], "symbolic") == {
            taken.with_name("s.txt"): "symbolic"
        }
    assert taken.with_name("s.txt").is_symlink() and taken.read_text() == "a person's own"
    assert set(take_back(find_action(library)).removed) == {taken.with_name("a.txt"), taken.with_name("s.txt")}
    assert [path.name for path in taken.parent.iterdir()] == ["taken.txt"]
