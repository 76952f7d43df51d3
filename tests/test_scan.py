"""Tests of indexer.scan."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.scan import FoundFile, Problem, SkippedLink, scan
from tests.conftest import MakePicture


def found(root: Path, below: str = "") -> tuple[list[str], list[Problem], int]:
    problems: list[Problem] = []
    entries = list(scan(root, below, problems.append))
    files = [entry.path for entry in entries if isinstance(entry, FoundFile)]
    return files, problems, sum(isinstance(entry, SkippedLink) for entry in entries)


def test_finds_pictures_in_order_by_suffix(photos: Path, picture: MakePicture) -> None:
    for name in ("b/2.png", "a.JPG", "b/1.png", "c.webp"):
        picture(name, "red")
    (photos / "notes.txt").write_text("no picture")
    assert found(photos)[0] == ["a.JPG", "c.webp", "b/1.png", "b/2.png"]
    assert found(photos, "b")[0] == ["b/1.png", "b/2.png"]


def test_signature_is_size_and_time(photos: Path, picture: MakePicture) -> None:
    path = picture("a.png", "red")
    (entry,) = scan(photos, "", pytest.fail)
    assert entry == FoundFile("a.png", path.stat().st_size, path.stat().st_mtime_ns)


def test_hidden_and_system_entries_are_passed_over(photos: Path, picture: MakePicture) -> None:
    for name in ("._a.jpg", ".hidden/a.jpg", "@eaDir/a.jpg", "a.jpg"):
        picture(name, "red")
    assert found(photos) == (["a.jpg"], [], 0)


def test_links_are_not_followed_and_loops_are_named(photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    picture("real/a.png", "red")
    (photos / "real" / "up").symlink_to(photos)
    (photos / "self.jpg").symlink_to(photos / "self.jpg")
    (photos / "broken.jpg").symlink_to(photos / "nowhere.jpg")
    (photos / "broken-thing").symlink_to(photos / "nowhere")
    (photos / "twice.png").symlink_to(photos / "real" / "a.png")
    (tmp_path / "elsewhere").mkdir()
    (photos / "elsewhere").symlink_to(tmp_path / "elsewhere")
    files, problems, links = found(photos)
    assert files == ["real/a.png"]
    assert {problem.path.name: problem.reason for problem in problems} == {
        "up": "a symbolic link loop",
        "self.jpg": "a symbolic link loop",
        "broken.jpg": "a broken symbolic link",
    }
    assert links == 2


def test_a_pipe_named_like_a_picture_is_not_opened(photos: Path) -> None:
    os.mkfifo(photos / "pipe.jpg")
    files, problems, _ = found(photos)
    assert files == []
    assert [problem.reason for problem in problems] == ["not a regular file"]


def test_a_folder_that_is_gone_is_reported(photos: Path) -> None:
    _, problems, _ = found(photos, "gone")
    assert "can't be read" in problems[0].reason
