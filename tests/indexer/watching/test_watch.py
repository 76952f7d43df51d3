"""Tests of indexer.watching.watch: the whole loop."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image

import indexer.watching.changes
import indexer.watching.watch
from indexer.files.ignore import ScanRules
from indexer.indexing.run import index
from indexer.root_folders.moving_roots import move_root
from indexer.root_folders.named_roots import add_root
from indexer.store.pictures import image_at
from indexer.store.roots import remove_root, roots
from indexer.store.store import Store
from indexer.watching.settling import Settling
from indexer.watching.watch import watched_folders
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder, Recorder
from tests.indexer.watching.conftest import LONG, QUIET, Watcher, between_runs, eventually


class Clock:
    """The watch's clock, which a test sets."""

    def __init__(self) -> None:
        self.now, self.sleep = 0.0, time.sleep

    def monotonic(self) -> float:
        return self.now


def test_a_file_written_slowly_is_indexed_once_and_whole(
    watcher: Watcher, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, heard, real = Clock(), [0], Settling.add

    def add(settling: Settling, paths: Iterable[Path], now: float) -> None:
        real(settling, paths := list(paths), now)
        heard[0] += photos / "slow.bmp" in paths

    def is_there() -> bool:
        clock.now += QUIET
        return "slow.bmp" in watcher.ids()

    monkeypatch.setattr(Settling, "add", add)
    monkeypatch.setattr(indexer.watching.watch, "time", clock)
    content = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(content, "bmp")
    pieces = content.getvalue()
    watcher.start(photos)
    with (photos / "slow.bmp").open("wb", buffering=0) as file:
        for start in range(0, len(pieces), len(pieces) // 8):
            before = heard[0]
            file.write(pieces[start : start + len(pieces) // 8])
            eventually(lambda: heard[0] > before)  # noqa: B023 - it is called before the next piece
            clock.now += 0.7 * QUIET
    eventually(is_there)
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
        eventually(lambda: watcher.encoded() == 1)

        def is_at_rest() -> bool:
            many = len(watcher.runs)
            time.sleep(1.0)  # too short a wait would miss a fault, not make one
            return len(watcher.runs) == many

        eventually(is_at_rest)  # if it saw what it does in the library itself, it would go on for ever
        assert set(watcher.ids()) == {"c.png"}
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


def test_a_library_in_use_is_waited_for(
    watcher: Watcher, photos: Path, picture: MakePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer.watching.watch, "BUSY_WAIT", 0.3)
    watcher.start(photos)
    with Store.open(watcher.library) as store, between_runs(store):
        picture("a.png", "red")
        eventually(lambda: len(watcher.told) == 2)
        assert watcher.ids() == {}
        time.sleep(0.7)  # a second try
    assert "is being indexed by process" in watcher.told[1]
    eventually(lambda: set(watcher.ids()) == {"a.png"})
    assert len(watcher.told) == 2


def test_a_broken_picture_is_named_and_the_model_not_loaded_for_it_twice(
    watcher: Watcher, photos: Path, picture: MakePicture
) -> None:
    watcher.start(photos)
    (photos / ".bad.png").write_bytes(b"no picture")
    (photos / ".bad.png").rename(photos / "bad.png")
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


def test_a_root_that_is_removed_is_left_and_the_last_one_ends_it(
    watcher: Watcher, photos: Path, picture: MakePicture
) -> None:
    picture("one/a.png", "red")
    picture("two/b.png", "red")
    watcher.start(photos / "one", photos / "two")
    with Store.open(watcher.library) as store:
        with between_runs(store):
            remove_root(store, photos / "one")
        eventually(lambda: len(watcher.told) == 2)
        picture("one/c.png", "red")
        picture("two/d.png", "red")
        eventually(lambda: set(watcher.ids()) == {"b.png", "d.png"})
        with between_runs(store):
            remove_root(store, photos / "two")
    watcher.thread.join(LONG)
    assert not watcher.thread.is_alive() and watcher.ids() == {}
    assert [line.rpartition("/")[2] for line in watcher.told[1:3]] == [
        "one is no longer in the library, so it is not watched any more.",
        "two is no longer in the library, so it is not watched any more.",
    ]
    assert watcher.told[3] == "None of the watched folders is in the library any more, so watching ends."


def test_a_root_that_moves_is_watched_where_it_is(watcher: Watcher, photos: Path, picture: MakePicture) -> None:
    picture("old/a.png", "red")
    watcher.start(photos / "old")
    ids = watcher.ids()
    (photos / "old").rename(photos / "new")
    with Store.open(watcher.library) as store, between_runs(store):
        move_root(store, photos / "old", photos / "new")
    eventually(lambda: any("which is watched instead" in line for line in watcher.told))
    picture("new/b.png", "red")
    eventually(lambda: watcher.encoded() == 2)
    assert set(watcher.ids()) == {"a.png", "b.png"} and watcher.ids()["a.png"] == ids["a.png"]


def test_a_root_that_is_added_is_indexed_if_all_are_watched(
    watcher: Watcher, photos: Path, picture: MakePicture, tmp_path: Path
) -> None:
    picture("old/a.png", "red")
    picture("new/b.png", "red")
    with Store.create(watcher.library) as store:
        add_root(store, photos / "old")
        watcher.start()
        with between_runs(store):
            add_root(store, photos / "new", lambda rules: rules)
        eventually(lambda: set(watcher.ids()) == {"a.png", "b.png"})
        with between_runs(store):
            add_root(store, photos / "new", lambda rules: ScanRules(exclude=("b.*",)))
        eventually(lambda: set(watcher.ids()) == {"a.png"})
