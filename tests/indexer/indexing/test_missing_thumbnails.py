"""Tests of indexer.indexing.missing_thumbnails, and of a run that makes thumbnails: all that is told is so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.engine.frames import frames
from indexer.engine.pool import Pool
from indexer.errors import InvalidRequest
from indexer.files.content import digest_of
from indexer.indexing import missing_thumbnails
from indexer.indexing.summary import Thumbnails
from indexer.models.preprocess import Preprocess
from indexer.store.store import Store
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.names import Thumb
from indexer.thumbnails.room import VARIABLE
from tests.conftest import SAMPLES, MakePicture, run
from tests.fakes import ColourEncoder, OddPreprocess, Recorder
from tests.indexer.engine.jobs import decoded


class Counting(Recorder):
    """Also notes that thumbnails are being made."""

    def __init__(self, stop_after: int | None = None) -> None:
        super().__init__(stop_after)
        self.thumbnail_totals: list[int] = []

    def thumbnails(self, total: int) -> None:
        self.thumbnail_totals.append(total)


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KeptThumbnails:
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path / "own cache"))
    return KeptThumbnails.ours()


def thumb(path: Path, at_ms: int | None = None) -> Thumb:
    return Thumb(digest_of([path.read_bytes()]), at_ms)


@pytest.mark.parametrize("workers", [0, 2])
def test_they_are_made_while_pictures_are_encoded(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, kept: KeptThumbnails, workers: int
) -> None:
    paths = [picture(f"{number}.png", "red", (600, 300 + number)) for number in range(5)]
    summary, listener = run(store, photos, encoder, thumbnails=True, workers=workers, listener=Counting())
    assert summary.encoded == 5 and summary.thumbnails == Thumbnails(5, 5) and not summary.unkept
    for path in paths:
        content = kept.get(thumb(path), 256)
        assert content is not None and content[8:12] == b"WEBP"
    assert isinstance(listener, Counting) and listener.thumbnail_totals == [], "there was nothing to add"


def test_without_the_option_none_is_made(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, kept: KeptThumbnails
) -> None:
    picture("a.png", "red")
    summary, _ = run(store, photos, encoder)
    assert summary.thumbnails is None and not kept.folder.exists()


@pytest.mark.parametrize("workers", [0, 2])
def test_known_pictures_get_theirs_without_being_encoded(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, kept: KeptThumbnails, workers: int
) -> None:
    paths = [picture(f"{number}.png", "red", (600, 300 + number)) for number in range(4)]
    run(store, photos, encoder)
    before = encoder.images_encoded
    paths.append(picture("new.png", "blue", (300, 300)))
    listener = Counting()
    summary, _ = run(store, photos, encoder, thumbnails=True, workers=workers, listener=listener)
    assert (summary.encoded, encoder.images_encoded - before) == (1, 1)
    assert listener.thumbnail_totals == [4] and sum(listener.done) == 1 + 4
    assert summary.thumbnails == Thumbnails(5, 5) and all(kept.has(thumb(path), 256) for path in paths)
    listener = Counting()
    summary, _ = run(store, photos, encoder, thumbnails=True, listener=listener)
    assert (listener.thumbnail_totals, summary.thumbnails) == ([], Thumbnails(5, 5))


def test_only_the_folder_that_is_named(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, kept: KeptThumbnails
) -> None:
    one, other = picture("one/a.png", "red"), picture("one more/a.png", "red")
    run(store, photos, encoder)
    summary, _ = run(store, photos / "one", encoder, thumbnails=True)
    assert summary.thumbnails == Thumbnails(1, 1)
    assert kept.has(thumb(one), 256) and not kept.has(thumb(other), 256)


def test_what_cannot_be_read_now_is_not_counted(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is edited between the scan and its turn keeps the library as it is; the next run sees to it."""
    path, _ = picture("a.png", "red"), picture("b.png", "red")
    run(store, photos, encoder)
    lacking = missing_thumbnails._lacking

    def edited(*arguments: object) -> object:
        answer = lacking(*arguments)  # type: ignore[arg-type]
        path.write_bytes(b"no picture any more")
        return answer

    monkeypatch.setattr(missing_thumbnails, "_lacking", edited)
    summary, listener = run(store, photos, encoder, thumbnails=True)
    assert summary.thumbnails == Thumbnails(2, 1) and not summary.failed and not listener.problems


def test_there_is_no_more_than_the_room(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest come first, and none pushes out what was just made."""
    for number in range(6):
        path = picture(f"{number}.png", "red", (300, 200 + number))
        os.utime(path, (10**9, 10**9))
    run(store, photos, encoder)
    monkeypatch.setattr(missing_thumbnails, "TYPICAL_BYTES", 15_000_000 // 4)
    monkeypatch.setenv(VARIABLE, "16MB")
    listener = Counting()
    summary, _ = run(store, photos, encoder, thumbnails=True, listener=listener)
    assert summary.thumbnails == Thumbnails(6, 4, no_room=2) and listener.thumbnail_totals == [4]


def test_a_full_disk_costs_no_embedding_and_ends_it(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, kept: KeptThumbnails
) -> None:
    kept.folder.parent.parent.mkdir(parents=True)
    kept.folder.parent.write_text("in the way")
    for number in range(30):
        picture(f"{number}.png", "red", (20, 20))
    summary, _ = run(store, photos, encoder, thumbnails=True)
    assert (summary.encoded, summary.failed, summary.unkept) == (30, 0, 30)
    assert summary.thumbnails == Thumbnails(30, 0)
    listener = Counting()
    summary, _ = run(store, photos, encoder, thumbnails=True, listener=listener)
    assert summary.unkept and sum(listener.done) < 30, "not all of them are decoded in vain"


def test_ctrl_c_ends_it(store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder) -> None:
    for number in range(60):
        picture(f"{number}.png", "red", (20, 20 + number))
    run(store, photos, encoder)
    summary, listener = run(store, photos, encoder, thumbnails=True, listener=Counting(stop_after=1))
    assert summary.stopped and len(listener.done) < 60
    assert summary.thumbnails is not None and summary.thumbnails.have < 60


def test_room_of_none_is_refused_before_anything_is_done(
    store: Store, photos: Path, picture: MakePicture, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("a.png", "red")
    monkeypatch.setenv(VARIABLE, "0")
    with pytest.raises(InvalidRequest, match="CLIPSEARCH_THUMBNAILS is 0"):
        run(store, photos, encoder, thumbnails=True)
    assert not encoder.images_encoded


@pytest.mark.parametrize("known", [False, True])
def test_each_moment_of_a_video_has_one(
    store: Store, photos: Path, encoder: ColourEncoder, kept: KeptThumbnails, known: bool
) -> None:
    pytest.importorskip("av")
    from tests.indexer.video.writing import BLUE, GREEN, RED, scene, write

    path = write(photos / "three.mp4", scene(RED, 4) + scene(GREEN, 4) + scene(BLUE, 4))
    if known:
        run(store, photos, encoder)
    summary, _ = run(store, photos, encoder, thumbnails=True)
    times = [row[0] for row in store.db.execute("SELECT at_ms FROM images")]
    assert len(times) == 3 and summary.thumbnails == Thumbnails(3, 3)
    assert len({kept.get(thumb(path, at), 256) for at in times}) == 3


def test_a_worker_that_dies_costs_no_thumbnail_of_others(picture: MakePicture, kept: KeptThumbnails) -> None:
    paths = [picture(f"{number}.png", "red", (66 if number == 2 else 20, 12)) for number in range(5)]
    with Pool(1, 2, OddPreprocess(), thumbnails=kept) as pool:
        found = decoded(pool, paths)
    assert "crashed" in found["2.png"][0]
    assert [kept.has(thumb(path), 256) for path in paths] == [True, True, False, True, True]


def test_encoding_sees_the_same_pixels_with_and_without(kept: KeptThumbnails) -> None:
    """A thumbnail is a by-product: what a model of usual size gets does not depend on it."""
    for name in ("car-red.jpg", "pizza.heic", "apple-green.tif"):
        (without,) = frames(SAMPLES, name, Preprocess(224, 224))
        (with_one,) = frames(SAMPLES, name, Preprocess(224, 224), kept)
        assert (without[1] == with_one[1]).all() and with_one[0].thumbnail and without[0].thumbnail is None
        assert without[0].perceptual_hash == with_one[0].perceptual_hash
