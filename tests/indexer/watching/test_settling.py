"""Tests of indexer.watching.settling, with a clock and a disk of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.watching.settling import DELETION_WAIT, FOLDER_PATIENCE, PathState, Settling, path_state


class Disk(dict[str, PathState]):
    """What paths look like."""

    def state_of(self, path: Path) -> PathState | None:
        return self.get(str(path))


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def settling(disk: Disk) -> Settling:
    return Settling(1.0, disk.state_of)


def note(settling: Settling, now: float, *paths: str) -> None:
    settling.add([Path(path) for path in paths], now)


def ready(settling: Settling, now: float) -> list[str]:
    return [str(path) for path in settling.settled(now)]


def test_a_file_is_ready_when_nothing_was_heard_of_it_for_a_while(disk: Disk, settling: Settling) -> None:
    disk["/a"] = (1, 1)
    note(settling, 0.0, "/a")
    note(settling, 0.9, "/a")
    assert ready(settling, 1.0) == []
    assert ready(settling, 2.0) == ["/a"]
    assert ready(settling, 9.0) == []


def test_a_file_that_grows_without_events_is_waited_for(disk: Disk, settling: Settling) -> None:
    disk["/a"] = (1, 1)
    note(settling, 0.0, "/a")
    disk["/a"] = (2, 1)
    assert ready(settling, 1.0) == []
    disk["/a"] = (2, 2)
    assert ready(settling, 2.0) == []
    assert ready(settling, 3.0) == ["/a"]


def test_a_deletion_waits_a_little_and_longer_for_a_new_file(disk: Disk, settling: Settling) -> None:
    note(settling, 0.0, "/gone")
    assert ready(settling, 0.9) == []
    assert ready(settling, 1.0) == ["/gone"]
    note(settling, 2.0, "/gone")
    disk["/new"] = (1, 1)
    note(settling, 2.9, "/new")
    assert ready(settling, 3.0) == []
    assert ready(settling, 3.9) == ["/gone", "/new"]


def test_a_deletion_does_not_wait_for_ever(disk: Disk, settling: Settling) -> None:
    note(settling, 0.0, "/gone")
    disk["/growing"] = (1, 1)
    note(settling, DELETION_WAIT - 0.1, "/growing")
    assert ready(settling, DELETION_WAIT - 0.1) == []
    assert ready(settling, DELETION_WAIT) == ["/gone"]


def test_a_file_that_goes_and_comes_back_is_no_deletion(disk: Disk, settling: Settling) -> None:
    note(settling, 0.0, "/a")
    disk["/a"] = (1, 1)
    assert ready(settling, 0.1) == []
    note(settling, 0.2, "/a")
    assert ready(settling, 1.2) == ["/a"]


def test_a_folder_waits_for_what_is_in_it_and_stands_for_it(disk: Disk, settling: Settling) -> None:
    disk["/f"], disk["/f/a"] = (1, 1, 1), (1, 1)
    note(settling, 0.0, "/f")
    note(settling, 0.9, "/f/a")
    assert ready(settling, 1.0) == []
    assert ready(settling, 2.0) == ["/f"]


def test_a_folder_that_never_rests_is_taken_file_by_file(tmp_path: Path) -> None:
    settling = Settling(1.0)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.png").write_bytes(b"whole")
    settling.add([tmp_path], 0.0)
    settling.add([tmp_path / "sub" / "b.png"], FOLDER_PATIENCE - 0.5)
    assert settling.settled(FOLDER_PATIENCE) == []
    assert tmp_path / "sub" / "a.png" in settling.settled(FOLDER_PATIENCE + 1)


def test_looks_differ_when_something_below_has_changed(tmp_path: Path) -> None:
    assert path_state(tmp_path / "none") is None
    assert path_state(tmp_path) == (0,)
    (tmp_path / "a").write_bytes(b"123")
    before = path_state(tmp_path)
    os.utime(tmp_path / "a", ns=(5, 5))
    ctime_ns = (tmp_path / "a").stat().st_ctime_ns
    assert path_state(tmp_path) == (1, 3, 5, ctime_ns) != before
    assert path_state(tmp_path / "a") == (3, 5, ctime_ns)


def test_an_edit_that_keeps_size_and_time_stamp_is_another_state(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"123")
    os.utime(path, ns=(5, 5))
    before = path_state(path), path_state(tmp_path)
    path.write_bytes(b"456")
    os.utime(path, ns=(5, 5))
    assert path_state(path) != before[0] and path_state(tmp_path) != before[1]
