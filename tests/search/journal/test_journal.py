"""Tests of search.journal.journal: each act is recorded on the disk before it is done."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from indexer.errors import LibraryError
from search.journal.journal import Journal
from search.journal.journal_files import FOLDER
from search.journal.links_and_copies import copy_file, hard_link, make_folders, symbolic_link
from search.journal.writing import NewContent, write_file, write_files
from tests.search.journal.conftest import ops
from tests.undo import undo


def test_every_act_is_written_down_before_it_is_done(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal is read at the very moment at which the file system is changed."""
    original = tmp_path / "a.jpg"
    original.write_bytes(b"picture")
    folder = tmp_path / "new"
    seen: list[tuple[str, str]] = []

    def watched(owner: object, name: str) -> None:
        real = getattr(owner, name)

        def call(*arguments: object, **options: object) -> object:
            if journal.file.parent not in Path(str(arguments[0])).parents:  # where the old bytes are kept
                seen.append(ops(journal)[-1])
            return real(*arguments, **options)

        monkeypatch.setattr(owner, name, call)

    for owner, name in ((Path, "mkdir"), (os, "link"), (Path, "symlink_to"), (os, "replace")):
        watched(owner, name)
    make_folders(journal, folder)
    copy_file(journal, original, folder / "copy.jpg")
    hard_link(journal, original, folder / "hard.jpg")
    symbolic_link(journal, original, folder / "link.jpg")
    write_file(journal, folder / "new.xmp", b"1")
    write_file(journal, folder / "new.xmp", b"2", b"1")
    journal.close()
    expected = [
        ("folder", "new"),
        ("file", "copy.jpg"),
        ("file", "hard.jpg"),
        ("link", "link.jpg"),
        ("file", "new.xmp"),
    ]
    assert [act for act in seen if act[0] != "unfinished"] == [*expected, ("replaced", "new.xmp")]


def test_lines_are_synced_one_by_one(journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(descriptor), real(descriptor))[1])
    journal.made_folder(tmp_path / "x")
    journal.made_link(tmp_path / "y", tmp_path / "z")
    assert len(synced) == 2
    journal.close()


def test_a_journal_that_can_not_be_written_any_more_stops_all(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even half a line is taken back, so that it does not spoil the next."""
    (tmp_path / "a.xmp").write_bytes(b"old")
    before, write = journal.file.read_bytes(), os.write

    def full(descriptor: int, content: bytes) -> int:
        if b"replaced" in content:
            write(descriptor, content[:9])
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, content)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(LibraryError, match=r"No space left on device.*nothing was done"):
        write_file(journal, tmp_path / "a.xmp", b"new", b"old")
    monkeypatch.setattr(os, "write", write)
    write_file(journal, tmp_path / "b.xmp", b"new")
    before = journal.file.read_bytes()
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(LibraryError, match=f"clipsearch undo {journal.id} takes back what was"):
        write_file(journal, tmp_path / "a.xmp", b"new", b"old")
    journal.close()
    assert (tmp_path / "a.xmp").read_bytes() == b"old" and not list(tmp_path.glob(".clipsearch*"))
    assert journal.file.read_bytes() == before


def test_an_action_of_which_nothing_came_leaves_no_journal(tmp_path: Path) -> None:
    """Lest undo takes back nothing, instead of what was done before."""
    with Journal.begin(tmp_path, "labels") as journal:
        refusals = write_files(journal, [NewContent(tmp_path / "nowhere" / "a.xmp", None, b"new")])
    assert isinstance(refusals[0], FileNotFoundError) and list((tmp_path / FOLDER).iterdir()) == []


def test_a_journal_of_nothing_is_not_kept(tmp_path: Path) -> None:
    with Journal.begin(tmp_path, "nothing"):
        pass
    with pytest.raises(KeyError), Journal.begin(tmp_path, "nothing"):
        raise KeyError
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_an_action_that_breaks_off_is_not_finished(tmp_path: Path) -> None:
    with pytest.raises(KeyError), Journal.begin(tmp_path, "half") as journal:
        journal.made_folder(tmp_path / "x")
        raise KeyError
    assert "finished" not in journal.file.read_text()


def test_a_library_that_can_not_be_written_to(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    with pytest.raises(LibraryError, match="nothing was done"):
        Journal.begin(tmp_path, "copy")


def test_a_line_that_ctrl_c_comes_behind_does_not_spoil_the_next(
    journal: Journal, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails before: the next line was signed as if the last had not been written, and undo refused the action."""

    def stopped(descriptor: int) -> None:
        raise KeyboardInterrupt

    with journal:
        write_file(journal, tmp_path / "first.xmp", b"1")
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(os, "fsync", stopped)
            journal.made_link(tmp_path / "never.jpg", tmp_path / "a.jpg")
        write_file(journal, tmp_path / "second.xmp", b"2")
    assert undo(library, answer="y\n").exit_code == 0
    assert not (tmp_path / "first.xmp").exists() and not (tmp_path / "second.xmp").exists()
