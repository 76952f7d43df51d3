"""Tests of search.journal.journal: that each act is on the disk before it is done."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from indexer.errors import LibraryError
from indexer.paths import from_fields
from search.journal.journal import Journal
from search.journal.journal_files import FOLDER, FileState, mark_undone, old_file, original_of, read_lines
from search.journal.links_and_copies import copy_file, hard_link, make_folders, symbolic_link
from search.journal.writing import NewContent, write_file, write_files


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    (tmp_path / "library").mkdir()
    return Journal.begin(tmp_path / "library", "test")


def ops(journal: Journal) -> list[tuple[str, str]]:
    return [(line["op"], Path(from_fields(line)).name) for line in read_lines(journal.file) if "op" in line]


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


def test_what_is_written_down_of_a_file(journal: Journal, tmp_path: Path) -> None:
    original = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    original.write_bytes(b"picture")
    copy_file(journal, original, tmp_path / os.fsdecode(b"b\xff.jpg"))
    journal.close()
    line = list(read_lines(journal.file))[-1]
    status = (tmp_path / os.fsdecode(b"b\xff.jpg")).stat()
    state = FileState.from_fields(line)
    assert (state.size, state.mtime_ns, state.inode) == (7, status.st_mtime_ns, status.st_ino)
    assert len(str(state.digest)) == 32
    assert os.fsencode(from_fields(line)) == os.fsencode(tmp_path) + b"/b\xff.jpg"
    assert original_of(line) == str(original)
    assert all(json.loads(text) for text in journal.file.read_text(encoding="utf-8").splitlines()), (
        "readable JSON lines"
    )


def test_lines_are_synced_one_by_one(journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(descriptor), real(descriptor))[1])
    journal.made_folder(tmp_path / "x")
    journal.made_link(tmp_path / "y", tmp_path / "z")
    assert len(synced) == 2
    journal.close()


def test_all_is_on_the_disk_before_a_file_is_replaced(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new content, the old one, and the lines, even where they are waited for together."""
    synced: dict[int, int] = {}  # inode -> size
    fsync, replace = os.fsync, os.replace
    replaced: list[Path] = []

    def wait(descriptor: int) -> None:
        fsync(descriptor)
        synced[os.fstat(descriptor).st_ino] = os.fstat(descriptor).st_size

    def check(part: Path, path: Path) -> None:
        for file in (part, journal.file, old_file(journal.file)):
            assert synced[file.stat().st_ino] == file.stat().st_size
        assert ("replaced", path.name) in ops(journal)
        replaced.append(path)
        replace(part, path)

    paths = [tmp_path / f"{number}.xmp" for number in range(3)]
    for path in paths:
        path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", wait)
    monkeypatch.setattr(os, "replace", check)
    assert write_files(journal, [NewContent(path, b"old", b"newer") for path in paths]) == [None] * 3
    journal.close()
    assert replaced == paths


def test_files_in_one_folder_are_written_together_by_whatever_name_it_goes(journal: Journal, tmp_path: Path) -> None:
    """Each needs a name of its own while it is being written."""
    folder, link = tmp_path / "folder", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    (folder / "old.xmp").write_bytes(b"old")
    contents = [NewContent(link / "old.xmp", b"old", b"newer")]
    contents += [NewContent(place / f"{place.name}.xmp", None, b"new") for place in (link, folder)]
    assert write_files(journal, contents) == [None] * 3
    journal.close()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "old.xmp": b"newer",
        "link.xmp": b"new",
        "folder.xmp": b"new",
    }
    assert ("file", "link.xmp") in ops(journal), "under the name that it was asked for"


def test_a_journal_that_can_not_be_written_any_more_stops_all(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even half a line is taken back, lest it spoil the next."""
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


def test_a_line_that_a_crash_cut_off_is_passed_over(journal: Journal, tmp_path: Path) -> None:
    journal.made_folder(tmp_path / "x")
    journal.close()
    with journal.file.open("ab") as file:
        file.write(b'{"op": "file", "pa')
    assert ops(journal) == [("folder", "x")]
    mark_undone(journal.file, 0)
    assert list(read_lines(journal.file))[-1]["op"] == "undone"


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
