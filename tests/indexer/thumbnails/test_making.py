"""Tests of indexer.thumbnails.making: small and upright, and of videos the moment that was found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from indexer.errors import PictureError, UnreachablePicture
from indexer.thumbnails.kept import KeptThumbnails
from indexer.thumbnails.making import keep_small, shrunk, small_picture, webp
from indexer.thumbnails.names import Thumb
from tests.conftest import SAMPLES, cut


def test_thumbnails_are_upright_and_small(photos: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (400, 200), "red").save(photos / "turned.jpg", exif=exif)
    assert small_picture(photos / "turned.jpg", 100).size == (50, 100)
    assert small_picture(SAMPLES / "fly-agaric.heic", 100).size[0] <= 100
    assert webp(Image.new("RGB", (8, 8)))[8:12] == b"WEBP"
    with pytest.raises(UnreachablePicture, match="no such file"):
        small_picture(photos / "gone.jpg", 100)


@pytest.mark.parametrize("side", [256, 512])
def test_a_thumbnail_is_not_enlarged_from_too_small_a_draft(side: int) -> None:
    """Decoders may leave only what is asked for; the longer side must still have all the pixels."""
    for name in ("car-red.jpg", "pizza.heic", "sailboat.webp", "bookcase.avif", "apple-green.tif"):
        with Image.open(SAMPLES / name) if name.endswith(("jpg", "webp", "tif")) else Image.new("RGB", (1, 1)) as whole:
            longest = max(whole.size) if whole.size != (1, 1) else side
        assert max(small_picture(SAMPLES / name, side).size) == min(side, longest), name


def test_a_small_picture_stays_as_it_is(photos: Path) -> None:
    image = Image.new("RGB", (40, 30), "red")
    assert shrunk(image, 256).size == (40, 30)
    assert shrunk(image, 256) is not image, "who gets it may change it"


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "the file is empty"), (b"no picture at all" * 9, "not a picture")]
)
def test_what_is_no_picture_is_told(photos: Path, content: bytes, reason: str) -> None:
    (photos / "a.jpg").write_bytes(content)
    with pytest.raises(PictureError, match=reason):
        small_picture(photos / "a.jpg", 100)


def test_pipes_and_folders_are_not_opened(photos: Path) -> None:
    os.mkfifo(photos / "pipe.jpg")
    for path in (photos, photos / "pipe.jpg"):
        with pytest.raises(PictureError, match="not a regular file"):
            small_picture(path, 100)


def test_what_a_sync_client_put_away_is_not_fetched(photos: Path) -> None:
    (photos / "a.jpg.nextcloud").touch()
    with pytest.raises(UnreachablePicture, match="a sync client has left a placeholder"):
        small_picture(photos / "a.jpg", 100)


def test_damage_is_told(photos: Path) -> None:
    (photos / "a.jpg").write_bytes((SAMPLES / "pizza.heic").read_bytes())
    with pytest.raises(PictureError):
        small_picture(cut(photos / "a.jpg"), 100)


def test_a_video_shows_the_moment_that_was_found(photos: Path) -> None:
    pytest.importorskip("av")
    from tests.indexer.video.writing import BLUE, GREEN, RED, scene, write

    path = write(photos / "three.mp4", scene(RED, 4) + scene(GREEN, 4) + scene(BLUE, 4))
    for at, colour in ((0.0, RED), (4.0, GREEN), (8.0, BLUE), (99.0, BLUE)):
        image = small_picture(path, 64, at)
        pixel = image.getpixel((60, 4))
        assert isinstance(pixel, tuple)
        assert max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 40, at
    with pytest.raises(PictureError, match="no such file"):
        small_picture(photos / "gone.mp4", 64, 0.0)


def test_one_is_kept_once_and_a_full_disk_is_told(tmp_path: Path) -> None:
    kept, thumb = KeptThumbnails(tmp_path / "cache" / "1", 10**9), Thumb(bytes(16))
    assert keep_small(kept, thumb, Image.new("RGB", (400, 300), "red"))
    first = kept.get(thumb, 256)
    assert keep_small(kept, thumb, Image.new("RGB", (400, 300), "blue"))
    assert kept.get(thumb, 256) == first, "what is there is not made again"
    (tmp_path / "file").touch()
    assert not keep_small(KeptThumbnails(tmp_path / "file" / "1", 10**9), thumb, Image.new("RGB", (40, 30)))
