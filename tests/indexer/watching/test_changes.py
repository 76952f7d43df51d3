"""Tests of indexer.watching.changes: what the system or a poll reports of a folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import indexer.watching.changes
import indexer.watching.watch
from indexer.watching.changes import FolderWatch
from tests.conftest import MakePicture
from tests.indexer.watching.conftest import Watcher, eventually


@pytest.mark.parametrize("poll", [False, True])
def test_what_is_new_renamed_and_deleted_is_followed(
    watcher: Watcher, photos: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch, poll: bool
) -> None:
    monkeypatch.setattr(indexer.watching.changes, "POLL_SECONDS", 0.2)
    picture("a.png", "red")
    watcher.start(photos, poll=poll)
    assert set(watcher.ids()) == {"a.png"}
    picture("sub/b.png", "blue")
    eventually(lambda: set(watcher.ids()) == {"a.png", "b.png"})
    before = watcher.ids()["b.png"]
    (photos / "sub" / "b.png").rename(photos / "c.png")
    eventually(lambda: watcher.ids().get("c.png") == before)
    (photos / "a.png").unlink()
    eventually(lambda: set(watcher.ids()) == {"c.png"})
    eventually(lambda: sum(summary.moved for summary in watcher.runs) == 1)
    assert (watcher.encoded(), watcher.recorder.problems) == (2, [])


@pytest.mark.parametrize("poll", [False, True])
def test_an_edit_that_keeps_size_and_time_stamp_is_noticed(
    watcher: Watcher, photos: Path, monkeypatch: pytest.MonkeyPatch, poll: bool
) -> None:
    monkeypatch.setattr(indexer.watching.changes, "POLL_SECONDS", 0.2)
    path = photos / "a.bmp"  # of every colour it has as many bytes
    Image.new("RGB", (16, 12), "red").save(path)
    watcher.start(photos, poll=poll)
    before = path.stat()
    Image.new("RGB", (16, 12), "blue").save(path)
    os.utime(path, ns=(5, before.st_mtime_ns))
    eventually(lambda: watcher.encoded() == 2)


def test_a_name_that_is_not_utf8_is_found_too(watcher: Watcher, photos: Path, picture: MakePicture) -> None:
    red = picture("red.png", "red")
    watcher.start(photos)
    content = red.read_bytes() + b"other bytes"
    Path(os.fsdecode(os.fsencode(photos) + b"/\xff.png")).write_bytes(content)
    eventually(lambda: len(watcher.ids()) == 2)
    picture("after.png", "blue")
    eventually(lambda: "after.png" in watcher.ids())


def test_a_folder_that_vanishes_keeps_its_pictures_and_is_watched_again(
    watcher: Watcher, photos: Path, picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer.watching.changes, "RETRY_SECONDS", 0.2)
    picture("nas/a.png", "red")
    picture("here/b.png", "blue")
    watcher.start(photos / "nas", photos / "here")
    assert "Watching 2 folders" in watcher.told[0]
    (photos / "nas").rename(tmp_path / "unplugged")
    eventually(lambda: len(watcher.told) == 2)
    picture("here/c.png", "blue")
    eventually(lambda: set(watcher.ids()) == {"a.png", "b.png", "c.png"})
    (photos / "nas").mkdir()  # a mount point
    (tmp_path / "unplugged").rename(photos / "nas")
    eventually(lambda: len(watcher.told) == 3)
    picture("nas/d.png", "red")
    eventually(lambda: set(watcher.ids()) == {"a.png", "b.png", "c.png", "d.png"})
    assert "is out of reach; its pictures are kept" in watcher.told[1]
    assert "is back" in watcher.told[2]


def test_an_emptied_mount_point_is_not_there(photos: Path, picture: MakePicture, tmp_path: Path) -> None:
    picture("a.png", "red")
    folder = FolderWatch(photos, lambda *_: None, lambda _: None, threading.Event())
    folder.identity = indexer.watching.changes._identity(photos)
    assert folder._is_there()
    photos.rename(tmp_path / "unmounted")
    assert not folder._is_there()
    photos.mkdir()
    assert not folder._is_there()
    picture("a.png", "red")
    assert folder._is_there()


def test_a_folder_that_a_poll_cannot_read_has_lost_nothing(
    photos: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("sub/a.png", "red")
    picture("b.png", "red")
    before = indexer.watching.changes._snapshot(photos, {})
    real = os.scandir

    def failing(path: str) -> object:
        if str(path).endswith("sub"):
            raise OSError(5, "Input/output error", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", failing)
    assert indexer.watching.changes._snapshot(photos, before) == before
    assert len(indexer.watching.changes._snapshot(photos, {})) == 1


def test_at_the_systems_limit_a_folder_is_polled(
    watcher: Watcher, photos: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def limited(*_: object, **__: object) -> Iterator[set[object]]:
        raise OSError("OS file watch limit reached. about ['/x']")

    monkeypatch.setattr("watchfiles.watch", limited)
    monkeypatch.setattr(indexer.watching.changes, "POLL_SECONDS", 0.2)
    watcher.start(photos)
    assert "fs.inotify.max_user_watches" in watcher.told[0] and "--poll" in watcher.told[0]
    picture("a.png", "red")
    eventually(lambda: set(watcher.ids()) == {"a.png"})
    assert len(watcher.told) == 2


@pytest.mark.parametrize("poll", [False, True])
@pytest.mark.parametrize("placeholder", ["a.png.nextcloud", ".a.png.icloud"])
def test_a_picture_that_is_put_away_stays_known(
    watcher: Watcher,
    photos: Path,
    picture: MakePicture,
    monkeypatch: pytest.MonkeyPatch,
    poll: bool,
    placeholder: str,
) -> None:
    monkeypatch.setattr(indexer.watching.changes, "POLL_SECONDS", 0.2)
    path = picture("a.png", "red")
    picture("b.png", "red")
    watcher.start(photos, poll=poll)
    content, ids = path.read_bytes(), watcher.ids()
    (photos / placeholder).write_bytes(b" ")
    path.unlink()
    eventually(lambda: any(summary.away for summary in watcher.runs))
    (photos / ".part").write_bytes(content)
    (photos / ".part").rename(path)
    (photos / placeholder).unlink()
    eventually(lambda: watcher.runs[-1].found == 1)
    assert watcher.ids() == ids
    path.unlink()
    eventually(lambda: len(watcher.ids()) == 1)
    (photos / placeholder).write_bytes(b" ")
    (photos / placeholder).unlink()
    assert watcher.encoded() == 2
