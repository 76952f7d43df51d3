"""Tests of indexer.decoding.decode."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.decode import LARGEST_RATIO, decode_picture, open_picture
from indexer.errors import PictureError
from tests.indexer.decoding.saving import FORMATS, SMALLEST, distance, saved, with_orientation

WITH_ORIENTATION = ["jpg", "png", "webp", "tif", "avif"]  # libheif turns HEIC itself


@pytest.mark.parametrize("smallest", [None, 32])
@pytest.mark.parametrize("suffix", FORMATS)
def test_formats(suffix: str, smallest: int | None) -> None:
    image = Image.new("RGB", (320, 240), "white")
    image.paste("red", (0, 0, 160, 120))
    picture = decode_picture(saved(image, suffix), f"a.{suffix}", smallest)
    assert (picture.width, picture.height, picture.image.mode) == (320, 240, "RGB")
    assert picture.image.size == ((320, 240) if smallest is None else picture.image.size)
    assert 64 <= min(picture.image.size) < 128 or smallest is None
    assert distance(picture.image, (picture.image.width // 4, picture.image.height // 4), (255, 0, 0)) <= 9
    assert distance(picture.image, (picture.image.width - 5, 5), (255, 255, 255)) <= 9


@pytest.mark.parametrize("smallest", [None, 32])
@pytest.mark.parametrize(("orientation", "corner"), [(3, (1, 1)), (6, (1, 0)), (8, (0, 1)), (5, (0, 0))])
@pytest.mark.parametrize("suffix", WITH_ORIENTATION)
def test_every_format_is_turned_upright(
    suffix: str, orientation: int, corner: tuple[int, int], smallest: int | None
) -> None:
    image = Image.new("RGB", (320, 240), "white")
    image.paste("black", (0, 0, 60, 60))
    picture = decode_picture(saved(image, suffix, exif=with_orientation(orientation)), f"a.{suffix}", smallest)
    assert (picture.width, picture.height) == ((320, 240) if orientation == 3 else (240, 320))
    assert (picture.image.width > picture.image.height) == (orientation == 3)
    point = [9 + side * (length - 18) for side, length in zip(corner, picture.image.size, strict=True)]
    assert distance(picture.image, (point[0], point[1]), (0, 0, 0)) <= 30


def test_jpeg_xl_turns_itself(tmp_path: Path) -> None:
    pytest.importorskip("pillow_jxl")
    image = Image.new("RGB", (40, 30), "red")
    assert decode_picture(saved(image, "jxl", exif=with_orientation(6).tobytes()), "a.jxl").width == 40
    image.save(tmp_path / "a.jpg", exif=with_orientation(6))
    with Image.open(tmp_path / "a.jpg") as original:  # repacked without loss, to be turned as the JPEG was
        repacked = saved(original, "jxl", lossless_jpeg=True)
    assert decode_picture(repacked, "a.jxl").width == 30


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


def test_broken_exif_does_not_fail_a_picture(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9), "red").save(tmp_path / "a.jpg", exif=b"Exif\0\0MM\0\x2a\0\0\xff\xff\xff\xff")
    assert open_picture(tmp_path / "a.jpg").width == 9


@pytest.mark.parametrize("smallest", [None, 32])
@pytest.mark.parametrize("suffix", FORMATS)
def test_cut_off_files(suffix: str, smallest: int | None) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    whole = saved(Image.fromarray(noise), suffix).getvalue()
    with pytest.raises(PictureError):
        decode_picture(io.BytesIO(whole[: len(whole) // 3]), f"a.{suffix}", smallest)


def test_folders_and_pipes_are_no_pictures(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(PictureError, match="not a file"):
        open_picture(tmp_path / "pipe.jpg")
    with pytest.raises(PictureError, match="a folder"):
        open_picture(tmp_path)


def test_a_file_on_disk_stays_open_and_the_same(tmp_path: Path) -> None:
    Image.new("RGB", (600, 600), "red").save(tmp_path / "a.jpg")
    before = (tmp_path / "a.jpg").read_bytes()
    with (tmp_path / "a.jpg").open("rb") as file:
        decode_picture(file, "a.jpg", 64)
        assert not file.closed and decode_picture(file, "a.jpg").width == 600
    assert (tmp_path / "a.jpg").read_bytes() == before


def test_the_first_frame_of_an_animation() -> None:
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    for suffix in ("gif", "webp", "png", "avif"):
        file = saved(frames[0], suffix, save_all=True, append_images=frames[1:])
        assert distance(decode_picture(file, f"a.{suffix}", 64).image, (9, 9), (255, 0, 0)) <= 9


def test_only_the_middle_of_a_thin_picture() -> None:
    picture = decode_picture(saved(Image.new("RGB", (9000, 20), "red"), "png"), "a.png", SMALLEST)
    assert (picture.width, picture.height, picture.image.size) == (9000, 20, (20 * LARGEST_RATIO, 20))


def test_metadata_comes_along() -> None:
    for suffix in ("jpg", "png", "webp", "avif", "tif"):
        exif = with_orientation(6)
        exif[0x010F] = "Acme"
        picture = decode_picture(saved(Image.new("RGB", (64, 48)), suffix, exif=exif), f"a.{suffix}", 8)
        assert (picture.metadata.camera_make, picture.width) == ("Acme", 48)


def test_importing_is_fast() -> None:
    code = "import sys, indexer.decoding.decode; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "rawpy", "pillow_jxl", "pillow_heif", "av", "timm"} & set(loaded)


def test_programs_are_no_pictures() -> None:
    """Pillow would start Ghostscript for it, which goes on for ever when the worker process is ended."""
    program = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n"
    for name in ("a.jpg", "a.eps", ""):
        with pytest.raises(PictureError, match="not a picture in a known format"):
            decode_picture(io.BytesIO(program), name)
