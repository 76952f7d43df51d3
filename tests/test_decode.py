"""Tests of indexer.decode."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.decode import open_picture, to_rgb
from indexer.errors import PictureError


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.tif", "a.bmp", "a.ppm", "a.jp2", "a.avif"])
def test_formats_of_pillow(tmp_path: Path, name: str) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / name)
    picture = open_picture(tmp_path / name)
    assert (picture.width, picture.height, picture.image.mode) == (40, 30, "RGB")
    assert np.abs(np.asarray(picture.image, dtype=int) - (255, 0, 0)).max() <= 8


def test_heic(tmp_path: Path) -> None:
    import pillow_heif

    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "blue")).save(tmp_path / "a.heic")
    picture = open_picture(tmp_path / "a.heic")
    assert (picture.width, picture.height, picture.format) == (64, 48, "HEIF")


@pytest.mark.parametrize(("orientation", "corner"), [(3, (39, 29)), (6, (29, 0)), (8, (0, 39))])
def test_orientation_is_applied(tmp_path: Path, orientation: int, corner: tuple[int, int]) -> None:
    image = Image.new("RGB", (40, 30), "white")
    image.paste("black", (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(tmp_path / "a.png", exif=exif)
    picture = open_picture(tmp_path / "a.png")
    assert (picture.width, picture.height) == ((40, 30) if orientation == 3 else (30, 40))
    assert picture.image.getpixel(corner) == (0, 0, 0)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_does_not_fail_a_picture(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9), "red").save(tmp_path / "a.jpg", exif=b"Exif\0\0MM\0\x2a\0\0\xff\xff\xff\xff")
    assert open_picture(tmp_path / "a.jpg").width == 9


def test_transparency_is_put_on_white() -> None:
    assert to_rgb(Image.new("RGBA", (2, 2), (255, 0, 0, 0))).getpixel((0, 0)) == (255, 255, 255)
    assert to_rgb(Image.new("LA", (2, 2), (0, 0))).getpixel((0, 0)) == (255, 255, 255)
    palette = Image.new("P", (2, 2), 0)
    palette.info["transparency"] = 0
    assert to_rgb(palette).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("image", "grey"),
    [
        (Image.fromarray(np.full((2, 2), 32896, np.uint16)), 128),
        (Image.fromarray(np.full((2, 2), 32896, np.int32)), 128),
        (Image.fromarray(np.full((2, 2), 200, np.int32)), 200),
        (Image.fromarray(np.full((2, 2), 0.5, np.float32)), 127),
    ],
)
def test_deep_samples_are_scaled(image: Image.Image, grey: int) -> None:
    assert to_rgb(image).getpixel((0, 0)) == (grey, grey, grey)


def test_cmyk_and_bilevel() -> None:
    assert to_rgb(Image.new("CMYK", (2, 2), (0, 255, 255, 0))).mode == "RGB"
    assert to_rgb(Image.new("1", (2, 2), 1)).getpixel((0, 0)) == (255, 255, 255)


def _jpeg() -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"just text", "not a picture"),
        (_jpeg()[: len(_jpeg()) // 4], "truncated"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "."),
    ],
)
def test_broken_files_say_why(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(PictureError, match=reason):
        open_picture(tmp_path / "a.jpg")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no such file"):
        open_picture(tmp_path / "a.jpg")


def test_folders_and_pipes_are_no_pictures(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(PictureError, match="not a file"):
        open_picture(tmp_path / "pipe.jpg")
    with pytest.raises(PictureError, match="a folder"):
        open_picture(tmp_path)


def test_bomb_is_refused_and_pillows_guard_stays_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Image.MAX_IMAGE_PIXELS is not None
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    Image.new("1", (20, 20)).save(tmp_path / "bomb.png")
    with pytest.raises(PictureError, match="bomb"):
        open_picture(tmp_path / "bomb.png")
