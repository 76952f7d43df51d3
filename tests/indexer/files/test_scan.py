"""Tests of indexer.files.scan and the records of indexer.files.found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.files.found import (
    FoundFile,
    PassedOver,
    Problem,
    SkippedLink,
    Unread,
    found_file,
    storable,
)
from indexer.files.ignore import IGNORE_FILE, ScanRules
from indexer.files.scan import scan
from tests.conftest import MakePicture
from tests.indexer.files.scanning import entries_of, found, is_file, make


def test_finds_pictures_in_order_by_suffix(photos: Path, picture: MakePicture) -> None:
    for name in ("b/2.png", "a.JPG", "b/1.png", "c.webp"):
        picture(name, "red")
    (photos / "notes.txt").write_text("no picture")
    assert found(photos)[0] == ["a.JPG", "c.webp", "b/1.png", "b/2.png"]
    assert found(photos, "b")[0] == ["b/1.png", "b/2.png"]


def test_signature_is_size_and_times(photos: Path, picture: MakePicture) -> None:
    path = picture("a.png", "red")
    (entry,) = entries_of(photos, "", pytest.fail)
    status = path.stat()
    assert entry == FoundFile("a.png", status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def test_hidden_and_system_entries_are_passed_over(photos: Path, picture: MakePicture) -> None:
    for name in ("._a.jpg", ".hidden/a.jpg", "@eaDir/a.jpg", "a.jpg"):
        picture(name, "red")
    assert found(photos) == (["a.jpg"], [], 0)


def test_a_pipe_named_like_a_picture_is_not_opened(photos: Path) -> None:
    os.mkfifo(photos / "pipe.jpg")
    files, problems, _ = found(photos)
    assert files == []
    assert [problem.reason for problem in problems] == ["not a regular file"]


def test_a_folder_that_is_gone_is_reported(photos: Path) -> None:
    problems: list[Problem] = []
    assert list(scan(photos, "gone/for/good", problems.append)) == [Unread("gone/for/good")]
    assert "can't be read" in problems[0].reason
    assert found(photos, "gone", ScanRules(exclude=("gone/",)))[0] == []


def test_suffixes_count_in_any_case_and_nothing_else_does(photos: Path) -> None:
    make(photos, "a.JpG", "b.jpeg", "jpg", "c.jpg.txt", "d.", "e.tar.png")
    (photos / "folder.jpg").mkdir()
    make(photos, "folder.jpg/f.gif")
    assert found(photos) == (["a.JpG", "b.jpeg", "e.tar.png", "folder.jpg/f.gif"], [], 0)


def test_names_that_are_not_unicode_keep_their_bytes(photos: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    make(photos, name, "two\nlines.png")
    assert found(photos)[0] == [name, "two\nlines.png"]
    assert found(photos, name)[0] == [name]


def test_times_that_the_database_cannot_hold_are_clamped(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.files.found.LARGEST_INTEGER", 10**9)  # file systems refuse the year 2262
    make(photos, "a.png")
    for time, stored in ((5 * 10**9, 10**9), (-(5 * 10**9), -(10**9)), (10**9, 10**9), (7, 7)):
        os.utime(photos / "a.png", ns=(0, time))
        expected = FoundFile("a.png", 1, stored, 10**9)
        every, alone = entries_of(photos, "", pytest.fail), entries_of(photos, "a.png", pytest.fail)
        assert [storable(file) for file in [*every, *alone] if is_file(file)] == [expected, expected]
        assert found_file("a.png", (photos / "a.png").stat()) == expected


def test_hidden_entries_are_taken_on_demand_but_no_system_folders(photos: Path) -> None:
    make(photos, "!a.jpg", ".a.jpg", "._a.jpg", ".hidden/a.jpg", ".git/a.jpg", ".Trash/a.jpg", "@eaDir/a.jpg", "z.jpg")
    assert found(photos)[0] == ["!a.jpg", "z.jpg"]
    every = found(photos, rules=ScanRules(include_hidden=True))[0]
    assert every == ["!a.jpg", ".a.jpg", "z.jpg", ".hidden/a.jpg"]


def test_of_a_photos_library_only_the_originals_are_taken(photos: Path) -> None:
    library = "My.photoslibrary"
    make(photos, f"{library}/originals/0/a.jpg", f"{library}/resources/derivatives/a.jpg", f"{library}/b.jpg")
    make(photos, "Old.aplibrary/Masters/2009/c.jpg", "Old.aplibrary/Previews/c.jpg", "originals/d.jpg")
    assert found(photos)[0] == [
        "My.photoslibrary/originals/0/a.jpg",
        "Old.aplibrary/Masters/2009/c.jpg",
        "originals/d.jpg",
    ]
    assert found(photos / library)[0] == ["originals/0/a.jpg"]
    assert found(photos, f"{library}/resources/derivatives/a.jpg")[0] == []
    assert found(photos, f"{library}/originals/0/a.jpg")[0] == [f"{library}/originals/0/a.jpg"]


def test_ignore_files_and_excludes_leave_out(photos: Path) -> None:
    make(photos, "a.jpg", "a.png", "sub/b.jpg", "sub/b.png", "sub/drafts/c.jpg", "private/d.jpg", "private/sub/!e.jpg")
    (photos / IGNORE_FILE).write_text("*.png\n/private/\n!drafts\n")
    (photos / "sub" / IGNORE_FILE).write_text("!b.png\n")
    (photos / "private" / IGNORE_FILE).write_text("!*\n")
    everything = ["a.jpg", "sub/b.jpg", "sub/b.png", "sub/drafts/c.jpg"]
    assert found(photos, rules=ScanRules(exclude=("drafts/",)))[0] == everything, "the file wins over --exclude"
    (photos / IGNORE_FILE).write_text("*.png\n/private/\n")
    assert found(photos, rules=ScanRules(exclude=("drafts/",)))[0] == everything[:3]
    for below in ("private", "private/sub", "private/d.jpg", "a.png"):
        assert found(photos, below) == ([], [], 0), below
    assert found(photos, "sub")[0] == everything[1:]


def test_problems_with_patterns_are_reported_with_their_place(photos: Path) -> None:
    make(photos, "sub/a.jpg", "sub/b.jpg")
    (photos / "sub" / IGNORE_FILE).write_text("a.jpg\n[b\n")
    for below in ("", "sub", "sub/b.jpg"):
        files, problems, _ = found(photos, below, ScanRules(exclude=("[c",)))
        assert files == ["sub/b.jpg"]
        assert [(problem.path, problem.reason) for problem in problems] == [
            (photos, "not a pattern for --exclude: [c"),
            (photos / "sub" / IGNORE_FILE, "line 2 is not a pattern: [b"),
        ]


def test_a_single_file_is_found_as_in_a_scan_of_all(photos: Path, tmp_path: Path) -> None:
    make(photos, "a.jpg", "sub/b.jpg", "sub/notes.txt", ".hidden/c.jpg", "sub/.d.jpg", "@eaDir/e.jpg", "sub/sub/f.jpg")
    os.mkfifo(photos / "pipe.jpg")
    make(tmp_path / "elsewhere", "g.jpg")
    (photos / "link.jpg").symlink_to(photos / "a.jpg")
    (photos / "folder").symlink_to(tmp_path / "elsewhere")
    every = entries_of(photos, "", lambda _: None)
    for path in [path.relative_to(photos).as_posix() for path in photos.rglob("*") if not path.is_dir()]:
        alone = entries_of(photos, path, lambda _: None)
        link = SkippedLink(photos / path)
        assert alone == [entry for entry in every if entry == link or (is_file(entry) and entry[0] == path)], path
    assert found(photos, "folder/g.jpg") == ([], [], 1), "not through a link"


def test_a_hidden_folder_can_be_named(photos: Path) -> None:
    make(photos, ".hidden/a.jpg", ".hidden/sub/b.jpg", ".hidden/.more/c.jpg")
    assert found(photos, ".hidden")[0] == [".hidden/a.jpg", ".hidden/sub/b.jpg"]
    assert found(photos, ".hidden/sub")[0] == [".hidden/sub/b.jpg"]


def test_files_that_an_extra_could_read_are_named(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(photos, "a.CR2", "b.mov", "c.mov", "d.txt", "e.jpg", "out/f.mov")
    (photos / "folder.mov").mkdir()
    os.mkfifo(photos / "pipe.mov")
    monkeypatch.setattr("indexer.files.scan.picture_suffixes", lambda: frozenset({".jpg"}))
    monkeypatch.setattr("indexer.files.scan.missing_extra", {".cr2": "raw", ".mov": "video"}.get)
    rules = ScanRules(exclude=("c.*", "out"))
    passed = [entry for entry in scan(photos, "", pytest.fail, rules) if isinstance(entry, PassedOver)]
    assert passed == [PassedOver("a.CR2", "raw"), PassedOver("b.mov", "video")]
    assert list(scan(photos, "a.CR2", pytest.fail)) == passed[:1]
