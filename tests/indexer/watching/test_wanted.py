"""Tests of indexer.watching.wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.files.ignore import ScanRules
from indexer.store.roots import Root
from indexer.watching.wanted import wanted_paths
from tests.conftest import MakePicture


def test_what_a_run_would_look_at(photos: Path, picture: MakePicture) -> None:
    root = Root(1, photos, None)
    red = picture("sub/red.png", "red")
    (photos / "sub" / "notes.txt").write_text("text")
    picture(".hidden/a.png", "red")
    picture("library/thumbnail.png", "red")
    changed = [
        red,
        photos / "sub" / "notes.txt",
        photos / "sub" / ".clipsearchignore",
        photos / "gone.png",
        photos / "gone folder",
        photos / ".hidden" / "a.png",
        photos / "library" / "thumbnail.png",
        photos.parent / "outside.png",
        photos,
    ]
    expected = {red, photos / "sub", photos / "gone.png", photos / "gone folder", photos}
    assert wanted_paths(changed, photos, [root], photos / "library") == expected
    assert wanted_paths(changed, photos, [root], None) == expected | {photos / "library" / "thumbnail.png"}
    assert wanted_paths(changed, photos, [], None) == set(), "the root was removed meanwhile"


def test_a_path_by_way_of_a_link_is_its_real_path(photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    root = Root(1, photos, None)
    picture("real/a.png", "red")
    (photos / "link").symlink_to(photos / "real")
    (photos / "away").symlink_to(tmp_path)
    changed = [photos / "link" / "a.png", photos / "away" / "b.png"]
    assert wanted_paths(changed, photos, [root], None) == {photos / "real" / "a.png", photos / "away" / "b.png"}


def test_a_hidden_folder_that_is_watched_itself_is_in_view(photos: Path, picture: MakePicture) -> None:
    path = picture(".hidden/a.png", "red")
    assert wanted_paths([path], photos / ".hidden", [Root(1, photos, None)], None) == {path}
    assert wanted_paths([path], photos, [Root(1, photos, None)], None) == set()


@pytest.mark.parametrize("inner_first", [True, False])
def test_what_one_of_several_roots_around_a_folder_sees(photos: Path, picture: MakePicture, inner_first: bool) -> None:
    path = picture("sub/.hidden/a.png", "red")
    known = [Root(1, photos, None), Root(2, photos / "sub", None, rules=ScanRules(include_hidden=True))]
    assert wanted_paths([path], photos / "sub", known[::-1] if inner_first else known, None) == {path}
