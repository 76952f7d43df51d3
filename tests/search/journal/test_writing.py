"""Tests of search.journal.writing: files are written whole, many together, and keep what is theirs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from search.journal.journal import Journal
from search.journal.journal_files import old_file
from search.journal.links_and_copies import copy_file
from search.journal.undo import find_action, take_back
from search.journal.writing import ChangedMeanwhile, NewContent, write_file, write_files
from tests.search.journal.conftest import ops


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


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="only Linux has these in os")
def test_owner_and_attributes_stay(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(b"old")
    os.setxattr(path, "user.mine", b"1")
    owner = (1234, 2345) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(path, *owner)
    with Journal.begin(library, "labels") as journal:
        write_file(journal, path, b"new", b"old")
    for content in (b"new", b"old"):
        status = path.stat()
        assert (path.read_bytes(), status.st_uid, status.st_gid) == (content, *owner)
        assert os.getxattr(path, "user.mine") == b"1"
        if content == b"new":
            take_back(find_action(library))


def test_replacing_through_a_link_keeps_the_link(library: Path, tmp_path: Path) -> None:
    (tmp_path / "real.xmp").write_bytes(b"old")
    (tmp_path / "link.xmp").symlink_to("real.xmp")
    with Journal.begin(library, "labels") as journal:
        write_file(journal, tmp_path / "link.xmp", b"new", b"old")
    assert (tmp_path / "link.xmp").is_symlink() and (tmp_path / "real.xmp").read_bytes() == b"new"
    take_back(find_action(library))
    assert (tmp_path / "link.xmp").is_symlink() and (tmp_path / "real.xmp").read_bytes() == b"old"


def test_a_file_that_changed_meanwhile_is_not_replaced(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(b"other")
    with Journal.begin(library, "labels") as journal:
        with pytest.raises(ChangedMeanwhile):
            write_file(journal, path, b"new", b"old")
        with pytest.raises(FileExistsError):
            copy_file(journal, path, path)
    assert path.read_bytes() == b"other" and not list(tmp_path.glob(".clipsearch*"))
