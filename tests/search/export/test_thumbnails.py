"""Tests of search.export.thumbnails: small upright pictures without metadata; test_preview.py has videos."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from indexer.errors import PictureError
from search.export.thumbnails import thumbnail, webp
from search.results import Hit


def test_a_thumbnail_fits_into_its_square_and_is_never_enlarged(photos: Path) -> None:
    for name, size in (("wide.png", (640, 320)), ("tall.jpg", (300, 900)), ("small.png", (20, 10))):
        Image.new("RGB", size, "red").save(photos / name)
    sizes = [thumbnail(Hit(photos / name, None), 100).size for name in ("wide.png", "tall.jpg", "small.png")]
    assert sizes == [(100, 50), (33, 100), (20, 10)]


def test_webp_has_no_metadata(photos: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    Image.new("RGB", (64, 64), "red").save(photos / "a.jpg", exif=exif)
    content = webp(thumbnail(Hit(photos / "a.jpg", None), 32))
    assert content[8:12] == b"WEBP" and b"a secret" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (32, 32) and not image.getexif()


@pytest.mark.parametrize("name", ["gone.jpg", "gone.mp4"])
def test_a_missing_file_is_told(photos: Path, name: str) -> None:
    with pytest.raises(PictureError, match="no such file"):
        thumbnail(Hit(photos / name, None), 100)
