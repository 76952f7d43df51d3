"""Tests of search.export.thumbnails: small and upright, and of videos the moment that was found."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from indexer.errors import PictureError
from search.export.thumbnails import thumbnail, webp
from search.results import Hit
from tests.conftest import SAMPLES


def test_thumbnails_are_upright_and_small(photos: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (400, 200), "red").save(photos / "turned.jpg", exif=exif)
    assert thumbnail(Hit(photos / "turned.jpg", 1.0), 100).size == (50, 100)
    assert thumbnail(Hit(SAMPLES / "fly-agaric.heic", 1.0), 100).size[0] <= 100
    assert webp(Image.new("RGB", (8, 8)))[8:12] == b"WEBP"
    with pytest.raises(PictureError, match="no such file"):
        thumbnail(Hit(photos / "gone.jpg", 1.0), 100)


def test_a_video_shows_the_moment_that_was_found(photos: Path) -> None:
    pytest.importorskip("av")
    from tests.indexer.video.writing import BLUE, GREEN, RED, scene, write

    path = write(photos / "three.mp4", scene(RED, 4) + scene(GREEN, 4) + scene(BLUE, 4))
    for at, colour in ((0.0, RED), (4.0, GREEN), (8.0, BLUE), (99.0, BLUE)):
        image = thumbnail(Hit(path, 1.0, at), 64)
        pixel = image.getpixel((60, 4))
        assert isinstance(pixel, tuple)
        assert max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 40, at
    with pytest.raises(PictureError, match="no such file"):
        thumbnail(Hit(photos / "gone.mp4", 1.0, 0.0), 64)
