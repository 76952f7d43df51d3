"""Tests of search.duplicates.copies: one file by two paths, hard links, and true copies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.files.ignore import ScanRules
from indexer.indexing.run import index as index_folders
from indexer.store.roots import roots
from search.duplicates.groups import find_duplicates
from search.library.library import Library
from tests.conftest import run
from tests.fakes import ColourEncoder, Recorder
from tests.search.duplicates.conftest import matches, names
from tests.shots import Shot, index, save_shot


def test_hard_links_are_no_duplicates_unless_asked_for(library: Library, photos: Path, shot: Shot) -> None:
    original = shot(1, "a.jpg", (640, 480))
    for name in ("b.jpg", "c.jpg"):
        os.link(original, photos / name)
    index(library, photos)
    assert find_duplicates(library) == [] and find_duplicates(library, exact=True) == []
    (group,) = find_duplicates(library, hard_links=True)
    assert matches(group) == [("a.jpg", "best"), ("b.jpg", "hard link"), ("c.jpg", "hard link")]
    assert group.spare == ()


def test_hard_links_beside_copies(library: Library, photos: Path, shot: Shot) -> None:
    original = shot(1, "a.jpg", (640, 480))
    os.link(original, photos / "a link.jpg")
    (photos / "b copy.jpg").write_bytes(original.read_bytes())
    os.link(photos / "b copy.jpg", photos / "c link to the copy.jpg")
    shot(1, "small.jpg")
    index(library, photos)
    assert names(find_duplicates(library)) == [["a.jpg", "b copy.jpg", "small.jpg"]]
    (group,) = find_duplicates(library, hard_links=True)
    assert [match for _, match in matches(group)] == ["best", "hard link", "identical", "hard link", "same"]
    assert [picture.hit.path.name for picture in group.spare] == ["b copy.jpg", "c link to the copy.jpg", "small.jpg"]
    assert group.spare_bytes == sum((photos / name).stat().st_size for name in ("b copy.jpg", "small.jpg"))


def test_what_has_names_elsewhere_is_not_spared(library: Library, photos: Path, shot: Shot) -> None:
    (photos / "a copy.jpg").write_bytes(shot(1, "cup.jpg", (640, 480)).read_bytes())
    os.link(photos / "cup.jpg", photos / "hard.jpg")
    index(library, photos)
    os.utime(photos / "a copy.jpg")
    index(library, photos)
    (group,) = find_duplicates(library)
    assert group.spare_bytes == (photos / "cup.jpg").stat().st_size
    best, spare = group.best.path.name, {picture.hit.path.name for picture in group.spare}
    assert spare == ({"cup.jpg", "hard.jpg"} if best == "a copy.jpg" else {"a copy.jpg"})
    for name in ("cup.jpg", "a copy.jpg"):
        os.link(photos / name, photos.parent / name)  # is not in the library
    index(library, photos)
    (group,) = find_duplicates(library)
    assert group.spare == () and group.spare_bytes == 0


def test_a_near_copy_goes_with_all_its_names_or_not(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "a.jpg", (640, 480))
    os.link(shot(1, "small.jpg"), photos / "small too.jpg")
    os.link(shot(1, "smaller.jpg", (200, 150)), photos.parent / "elsewhere.jpg")
    index(library, photos)
    for hard_links in (False, True):
        (group,) = find_duplicates(library, hard_links=hard_links)
        assert [picture.hit.path.name for picture in group.spare] == ["small.jpg", "small too.jpg"]
        assert len(group.pictures) == 3 + hard_links


def test_two_mounts_with_devices_of_their_own(
    library: Library, photos: Path, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted = photos.parent / "mounted"
    mounted.mkdir()
    shot(1, "a.jpg", (640, 480))
    os.link(photos / "a.jpg", mounted / "a.jpg")
    index_folders(library.store, [photos, mounted], ColourEncoder, Recorder(), workers=0)
    stat = Path.stat

    def elsewhere(path: Path, **options: bool) -> os.stat_result:
        status = stat(mounted if path == photos else path, **options)
        device = 99 if mounted in (path, *path.parents) else status.st_dev
        times = {"st_mtime_ns": status.st_mtime_ns, "st_ctime_ns": status.st_ctime_ns}
        return os.stat_result((*status[:2], device, *status[3:]), times)

    monkeypatch.setattr(Path, "stat", elsewhere)  # as an overlay and what it lies over say
    assert find_duplicates(library) == [] and find_duplicates(library, hard_links=True) == []


@pytest.mark.parametrize("hard_links", [False, True])
def test_one_file_by_two_roots_and_a_link(library: Library, tmp_path: Path, hard_links: bool) -> None:
    base, elsewhere = tmp_path / "base", tmp_path / "elsewhere"
    save_shot(base, 1, "sub/a.jpg", (640, 480))
    save_shot(base, 2, "sub/deep/b.jpg", (640, 480))
    (base / "link").symlink_to(base / "sub", target_is_directory=True)
    elsewhere.mkdir()
    (elsewhere / "other.jpg").symlink_to(base / "sub" / "a.jpg")
    (elsewhere / "again").symlink_to(base / "sub" / "deep", target_is_directory=True)
    for folder in (base / "sub" / "deep", elsewhere, base / "sub", base):
        run(library.store, folder, ColourEncoder(), rules=lambda rules: ScanRules(follow_links=True))
    assert library.store.db.execute("SELECT count(*) FROM images").fetchone()[0] > 3
    assert find_duplicates(library, hard_links=hard_links) == []


def test_a_second_mount_is_no_second_file(
    library: Library, photos: Path, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot(1, "a.jpg", (640, 480))
    mounted = photos.parent / "mounted"
    mounted.mkdir()
    (mounted / "a.jpg").write_bytes((photos / "a.jpg").read_bytes())
    os.utime(mounted / "a.jpg", ns=(1, (photos / "a.jpg").stat().st_mtime_ns))
    index_folders(library.store, [photos, mounted], ColourEncoder, Recorder(), workers=0)
    assert names(find_duplicates(library)) == [["a.jpg", "a.jpg"]] and len(roots(library.store)) == 2
    status = (photos / "a.jpg").stat()
    monkeypatch.setattr(Path, "stat", lambda path, **options: status)  # as one file system mounted twice says
    assert find_duplicates(library) == [] and find_duplicates(library, hard_links=True) == []


def test_file_systems_without_numbers_of_files(
    library: Library, photos: Path, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "b.jpg").write_bytes(shot(1, "a.jpg", (640, 480)).read_bytes())
    index(library, photos)
    stat = Path.stat

    def without(path: Path, **options: bool) -> os.stat_result:
        status = stat(path, **options)
        return os.stat_result(
            (status.st_mode, 0, *status[2:]), {"st_mtime_ns": status.st_mtime_ns, "st_ctime_ns": status.st_ctime_ns}
        )

    monkeypatch.setattr(Path, "stat", without)
    assert names(find_duplicates(library)) == [["a.jpg", "b.jpg"]]
