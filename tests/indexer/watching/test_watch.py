"""Tests of indexer.watching.settling, indexer.watching.changes, indexer.watching.watch and cli.commands.watch."""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

import indexer.watching.changes
import indexer.watching.watch
from indexer.indexing.run import index
from indexer.indexing.summary import Summary
from indexer.store.lock import only_writer
from indexer.store.pictures import image_at, paths_of
from indexer.store.roots import roots
from indexer.store.store import Store
from indexer.watching.changes import FolderWatch
from indexer.watching.settling import HOLD, PATIENCE, Look, Settling, look_at
from indexer.watching.watch import watched_folders
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder, Recorder

LONG = 15.0  # seconds after which what is waited for will not come


def eventually(true: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


# -- settling, with a clock and a disk of our own --------------------------------------------------------


class Disk(dict[str, Look]):
    """What paths look like."""

    def look(self, path: Path) -> Look | None:
        return self.get(str(path))


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def settling(disk: Disk) -> Settling:
    return Settling(1.0, disk.look)


def note(settling: Settling, now: float, *paths: str) -> None:
    settling.note([Path(path) for path in paths], now)


def ready(settling: Settling, now: float) -> list[str]:
    return [str(path) for path in settling.ready(now)]


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


def test_a_deletion_counts_at_once_but_waits_for_a_new_file(disk: Disk, settling: Settling) -> None:
    note(settling, 0.0, "/gone")
    assert ready(settling, 0.0) == ["/gone"]
    disk["/new"] = (1, 1)
    note(settling, 1.0, "/gone", "/new")
    assert ready(settling, 1.5) == []
    assert ready(settling, 2.0) == ["/gone", "/new"]


def test_a_deletion_does_not_wait_for_ever(disk: Disk, settling: Settling) -> None:
    note(settling, 0.0, "/gone")
    disk["/growing"] = (1, 1)
    note(settling, HOLD - 0.1, "/growing")
    assert ready(settling, HOLD - 0.1) == []
    assert ready(settling, HOLD) == ["/gone"]


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
    settling.note([tmp_path], 0.0)
    settling.note([tmp_path / "sub" / "b.png"], PATIENCE - 0.5)
    assert settling.ready(PATIENCE) == []
    assert tmp_path / "sub" / "a.png" in settling.ready(PATIENCE + 1)


def test_looks_differ_when_something_below_has_changed(tmp_path: Path) -> None:
    assert look_at(tmp_path / "none") is None
    assert look_at(tmp_path) == (0, 0, 0)
    (tmp_path / "a").write_bytes(b"123")
    before = look_at(tmp_path)
    os.utime(tmp_path / "a", ns=(5, 5))
    assert look_at(tmp_path) == (1, 3, 5) != before
    assert look_at(tmp_path / "a") == (3, 5)


# -- the whole loop --------------------------------------------------------------------------------------


class Watcher:
    """A watch in a thread, with a library of its own."""

    def __init__(self, library: Path, encoder: ColourEncoder) -> None:
        self.library = library
        self.encoder = encoder
        self.stop = threading.Event()
        self.recorder = Recorder()
        self.runs: list[Summary] = []
        self.told: list[str] = []
        self.loads = 0
        self.thread = threading.Thread(target=self._watch)
        self.poll = False
        self.folders: list[Path] = []

    def start(self, *folders: Path, poll: bool = False) -> None:
        """Start, and wait until it watches."""
        self.folders, self.poll = list(folders), poll
        self.thread.start()
        eventually(lambda: any("Watching" in line for line in self.told))

    def _watch(self) -> None:
        with Store.create(self.library) as store:
            indexer.watching.watch.watch(
                store,
                self.folders,
                self._load,
                lambda: contextlib.nullcontext(self.recorder),
                ran=self.runs.append,
                tell=self.told.append,
                stopping=self.stop.is_set,
                poll=self.poll,
                workers=0,
                quiet=0.4,
            )

    def _load(self) -> ColourEncoder:
        self.loads += 1
        return self.encoder

    def ids(self) -> dict[str, int]:
        """Return the ids in the library by file name."""
        with Store.open(self.library) as store:
            ids = [row[0] for row in store.db.execute("SELECT id FROM images")]
            return {path.name: image for image, path in paths_of(store, ids).items()}

    def encoded(self) -> int:
        return sum(summary.encoded for summary in self.runs)


@pytest.fixture
def watcher(tmp_path: Path, encoder: ColourEncoder) -> Iterator[Watcher]:
    watcher = Watcher(tmp_path / "library", encoder)
    yield watcher
    watcher.stop.set()
    if watcher.thread.ident is not None:
        watcher.thread.join(LONG)
        assert not watcher.thread.is_alive()


@pytest.mark.parametrize("poll", [False, True])
def test_what_is_new_renamed_and_deleted_is_followed(
    watcher: Watcher, photos: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch, poll: bool
) -> None:
    monkeypatch.setattr(indexer.watching.changes, "POLL", 0.2)
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


def test_a_file_written_slowly_is_indexed_once_and_whole(watcher: Watcher, photos: Path) -> None:
    content = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(content, "bmp")
    pieces = content.getvalue()
    watcher.start(photos)
    with (photos / "slow.bmp").open("wb", buffering=0) as file:
        for start in range(0, len(pieces), len(pieces) // 8):
            file.write(pieces[start : start + len(pieces) // 8])
            time.sleep(0.15)  # the writer is slow; nothing is waited for
    eventually(lambda: "slow.bmp" in watcher.ids())
    assert (watcher.encoder.images_encoded, watcher.recorder.problems) == (1, [])


def test_a_folder_moved_in_is_indexed_and_an_ignore_file_obeyed(
    watcher: Watcher, photos: Path, picture: MakePicture, tmp_path: Path
) -> None:
    picture("in/deep/a.png", "red")
    picture("in/b.png", "blue")
    (photos / "in").rename(tmp_path / "outside")
    watcher.start(photos)
    (tmp_path / "outside").rename(photos / "in")
    eventually(lambda: set(watcher.ids()) == {"a.png", "b.png"})
    (photos / "in" / ".clipsearchignore").write_text("deep/\n")
    eventually(lambda: set(watcher.ids()) == {"b.png"})


def test_hidden_folders_and_the_library_itself_are_no_pictures(
    photos: Path, picture: MakePicture, encoder: ColourEncoder
) -> None:
    watcher = Watcher(photos / "library", encoder)
    try:
        watcher.start(photos)
        picture(".hidden/a.png", "red")
        picture("x.photoslibrary/resources/derivatives/b.png", "red")
        picture("c.png", "red")
        eventually(lambda: set(watcher.ids()) == {"c.png"})
        many = len(watcher.runs)
        time.sleep(1.0)  # too short a wait would miss a fault, not make one
        assert (set(watcher.ids()), len(watcher.runs)) == ({"c.png"}, many)
    finally:
        watcher.stop.set()
        watcher.thread.join(LONG)


def test_a_picture_below_a_link_into_the_folder_is_found_at_its_real_place(
    watcher: Watcher, photos: Path, picture: MakePicture
) -> None:
    (photos / "real").mkdir()
    for name in ("a-link", "z-link"):
        (photos / name).symlink_to(photos / "real")
    watcher.start(photos)
    picture("real/a.png", "red")
    eventually(lambda: set(watcher.ids()) == {"a.png"})
    with Store.open(watcher.library) as store:
        assert image_at(store, photos / "real" / "a.png") is not None


def test_a_name_that_is_not_utf8_is_found_too(watcher: Watcher, photos: Path, picture: MakePicture) -> None:
    red = picture("red.png", "red")
    watcher.start(photos)
    content = red.read_bytes() + b"other bytes"
    Path(os.fsdecode(os.fsencode(photos) + b"/\xff.png")).write_bytes(content)
    eventually(lambda: len(watcher.ids()) == 2)
    picture("after.png", "blue")
    eventually(lambda: "after.png" in watcher.ids())


def test_a_library_in_use_is_waited_for(
    watcher: Watcher, photos: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer.watching.watch, "TRY_AGAIN", 0.3)
    watcher.start(photos)
    with Store.open(watcher.library) as store, only_writer(store):
        picture("a.png", "red")
        eventually(lambda: len(watcher.told) == 2)
        assert watcher.ids() == {}
        time.sleep(0.7)  # a second try
    assert "is being indexed by process" in watcher.told[1]
    eventually(lambda: set(watcher.ids()) == {"a.png"})
    assert len(watcher.told) == 2


def test_a_folder_that_vanishes_keeps_its_pictures_and_is_watched_again(
    watcher: Watcher, photos: Path, picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer.watching.changes, "LOOK_AGAIN", 0.2)
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
    monkeypatch.setattr(indexer.watching.changes, "POLL", 0.2)
    watcher.start(photos)
    assert "fs.inotify.max_user_watches" in watcher.told[0] and "--poll" in watcher.told[0]
    picture("a.png", "red")
    eventually(lambda: set(watcher.ids()) == {"a.png"})
    assert len(watcher.told) == 2


def test_a_broken_picture_is_named_and_the_model_not_loaded_for_it_twice(
    watcher: Watcher, photos: Path, picture: MakePicture
) -> None:
    watcher.start(photos)
    (photos / "bad.png").write_bytes(b"no picture")
    eventually(lambda: [problem.path.name for problem in watcher.recorder.problems] == ["bad.png"])
    picture("good.png", "red")
    eventually(lambda: set(watcher.ids()) == {"good.png"})
    assert len(watcher.recorder.problems) == 1


def test_which_folders_are_watched(store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> None:
    picture("one/a.png", "red")
    picture("two/deep/b.png", "red")
    index(store, [photos / "one", photos / "two"], lambda: encoder, Recorder(), workers=0)
    both = [root.path for root in roots(store)]
    assert watched_folders(store, []) == both
    assert watched_folders(store, [photos / "two" / "deep", photos / "two", photos / "slip"]) == [photos / "two"]
    (photos / "one").rename(photos / "away")
    assert watched_folders(store, [photos / "one"]) == [photos / "one"]
