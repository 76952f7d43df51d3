"""Tests of indexer.thumbnails.shards: the least recently used go, whatever the clock says."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from indexer.files.whole import PART_PREFIX
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.names import Thumb
from indexer.thumbnails.shards import BLOCK, SHARDS, entries, make_room

DAY = 86400.0


def file(folder: Path, name: str, used: float, size: int = BLOCK) -> Path:
    """Write a kept file that was used so many seconds from now."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.webp"
    path.write_bytes(bytes(size))
    os.utime(path, (time.time() + used,) * 2)
    return path


def names(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir()}


def test_the_least_recently_used_go(tmp_path: Path) -> None:
    for number in range(20):
        file(tmp_path, f"{number:02}", -number * DAY)
    make_room(tmp_path, 16 * BLOCK, spared="")
    assert names(tmp_path) == {f"{number:02}" for number in range(15)}, "down to 15 of 16, not one by one"
    make_room(tmp_path, 16 * BLOCK, spared="")
    assert len(names(tmp_path)) == 15


def test_size_counts_as_the_disk_gives_it(tmp_path: Path) -> None:
    file(tmp_path, "large", -2 * DAY, 10 * BLOCK)
    for number in range(10):
        file(tmp_path, f"{number}", -DAY, 1)
    make_room(tmp_path, 19 * BLOCK, spared="")
    assert names(tmp_path) == {f"{number}" for number in range(10)}


def test_what_was_just_written_stays_whatever_its_time(tmp_path: Path) -> None:
    file(tmp_path, "new", -(10**9))
    file(tmp_path, "old", 0)
    make_room(tmp_path, BLOCK, spared="new.webp")
    assert names(tmp_path) == {"new"}


def test_a_time_to_come_was_a_wrong_clock(tmp_path: Path) -> None:
    """Else what was used while a clock was years ahead would stay for years."""
    file(tmp_path, "ahead", 3650 * DAY, 16 * BLOCK)
    file(tmp_path, "yesterday", -DAY)
    make_room(tmp_path, 16 * BLOCK, spared="")
    assert names(tmp_path) == {"yesterday"}


def test_only_ours_are_counted_and_removed(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(bytes(9 * BLOCK))
    (tmp_path / "folder.webp").mkdir()
    (tmp_path / "link.webp").symlink_to(tmp_path / "notes.txt")
    file(tmp_path, "a", -DAY)
    make_room(tmp_path, BLOCK, spared="")
    assert names(tmp_path) == {"notes", "folder", "link", "a"}


def test_what_killed_processes_left_goes(tmp_path: Path) -> None:
    for name, age in (("old", DAY), ("ahead", -DAY), ("new", 60.0)):
        path = tmp_path / f"{PART_PREFIX}{name}.part"
        path.touch()
        os.utime(path, (time.time() - age,) * 2)
    make_room(tmp_path, 0, spared="")
    assert names(tmp_path) == {f"{PART_PREFIX}new"}


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    make_room(tmp_path / "gone", 0, spared="")
    assert list(entries(tmp_path / "gone")) == []


@pytest.mark.parametrize("moments", [False, True])
def test_the_room_is_kept_by_putting_alone(tmp_path: Path, moments: bool) -> None:
    """Also by many moments of one video: they lie in different folders."""
    kept = KeptThumbnails(tmp_path / "cache" / "1", 16_000_000)
    for number in range(8_000):
        thumb = Thumb(bytes(16), number) if moments else Thumb(number.to_bytes(16, "little"))
        kept.put(thumb, 256, bytes(4000))
    assert kept.room / 2 < kept.taken() < kept.room + SHARDS * BLOCK
    assert kept.get(thumb, 256) is not None, "the newest is there"
