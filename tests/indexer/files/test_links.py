"""Tests of indexer.files.links, by scans of folders with symbolic links."""

from __future__ import annotations

from pathlib import Path

from indexer.files.ignore import ScanRules
from tests.conftest import MakePicture
from tests.indexer.files.scanning import FOLLOW, found, make


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


def test_links_to_other_places_are_followed_on_demand(photos: Path, tmp_path: Path) -> None:
    make(tmp_path / "elsewhere", "a.jpg", "sub/b.jpg", "private/c.jpg")
    make(tmp_path / "My.photoslibrary", "resources/d.jpg")
    make(tmp_path / "single", "e.jpg", "blob")
    make(photos, "z/real.jpg")
    (photos / "folder").symlink_to(tmp_path / "elsewhere")
    (photos / "library").symlink_to(tmp_path / "My.photoslibrary")
    (photos / "e.jpg").symlink_to(tmp_path / "single" / "e.jpg")
    (photos / "named.jpg").symlink_to(tmp_path / "single" / "blob")
    (photos / "excluded").symlink_to(tmp_path / "single")
    rules = ScanRules(exclude=("/folder/private", "excluded/"), follow_links=True)
    files = ["z/real.jpg", "folder/a.jpg", "folder/sub/b.jpg", "e.jpg", "named.jpg"]
    assert found(photos, rules=rules) == (files, [], 0)
    assert found(photos, "e.jpg", rules) == (["e.jpg"], [], 0)
    assert found(photos, "folder/sub", rules) == (["folder/sub/b.jpg"], [], 0)
    assert found(photos, "folder/sub") == ([], [], 1)


def test_nothing_is_found_twice_through_links(photos: Path, tmp_path: Path) -> None:
    make(photos, "real/a.jpg", "real/sub/b.jpg")
    make(tmp_path / "elsewhere", "c.jpg", "sub/d.jpg")
    make(tmp_path / "single", "e.jpg")
    links = {
        "again": photos / "real",
        "again.jpg": photos / "real" / "a.jpg",
        "one": tmp_path / "elsewhere",
        "one.jpg": tmp_path / "elsewhere" / "c.jpg",
        "other": photos / "one",
        "other-sub": tmp_path / "elsewhere" / "sub",
        "single.jpg": tmp_path / "single" / "e.jpg",
        "single-again.jpg": tmp_path / "single" / "e.jpg",
    }
    for name, target in links.items():
        (photos / name).symlink_to(target)
    (tmp_path / "elsewhere" / "round").symlink_to(photos)
    files, problems, _ = found(photos, rules=FOLLOW)
    assert files == ["real/a.jpg", "real/sub/b.jpg", "one/c.jpg", "one/sub/d.jpg", "single-again.jpg"]
    assert problems == []


def test_a_part_brings_in_nothing_that_stands_elsewhere_in_the_root(tmp_path: Path) -> None:
    root = tmp_path / "holder" / "photos"
    make(root, "real/a.jpg", "part/b.jpg")
    make(tmp_path, "elsewhere/c.jpg")
    (root / "part" / "a.jpg").symlink_to(root / "real" / "a.jpg")
    (root / "part" / "again").symlink_to(root / "real")
    (root / "part" / "out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(root.parent)
    assert found(root, "part", FOLLOW) == (["part/b.jpg", "part/out/c.jpg"], [], 0)


def test_loops_end_and_are_reported_when_links_are_followed(photos: Path, tmp_path: Path) -> None:
    make(photos, "real/a.png")
    (photos / "real" / "up").symlink_to(photos)
    (photos / "self.jpg").symlink_to(photos / "self.jpg")
    (photos / "broken.jpg").symlink_to(photos / "nowhere.jpg")
    (photos / "ping").symlink_to(tmp_path / "elsewhere")
    make(tmp_path / "elsewhere", "b.png")
    (tmp_path / "elsewhere" / "pong").symlink_to(tmp_path / "elsewhere")
    files, problems, links = found(photos, rules=FOLLOW)
    assert (files, links) == (["real/a.png", "ping/b.png"], 0)
    assert {problem.path.name: problem.reason for problem in problems} == {
        "up": "a symbolic link loop",
        "pong": "a symbolic link loop",
        "self.jpg": "a symbolic link loop",
        "broken.jpg": "a broken symbolic link",
    }


def test_links_do_not_bring_back_what_is_excluded_but_do_reach_hidden_stores(photos: Path) -> None:
    make(photos, "private/a.jpg", ".git/annex/objects/b.jpg")
    (photos / "a.jpg").symlink_to(photos / "private" / "a.jpg")
    (photos / "b.jpg").symlink_to(photos / ".git" / "annex" / "objects" / "b.jpg")
    assert found(photos, rules=ScanRules(exclude=("private",), follow_links=True))[0] == ["b.jpg"]
