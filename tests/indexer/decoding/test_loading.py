"""Tests of indexer.decoding.loading: the guard against bombs, and decoding at a fraction of the size."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.decoding import limits
from indexer.decoding.decode import decode_picture, open_picture
from indexer.errors import PictureError
from tests.conftest import SAMPLES
from tests.indexer.decoding.saving import DISPLAY_P3, FORMATS, JXL, SMALLEST, saved, with_orientation


def test_a_bomb_is_refused_and_pillows_own_guard_stays_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Image.MAX_IMAGE_PIXELS
    monkeypatch.setenv(limits.VARIABLE, "0.0001")
    Image.new("1", (20, 20)).save(tmp_path / "bomb.png")
    with pytest.raises(PictureError, match="bomb"):
        open_picture(tmp_path / "bomb.png")
    assert before == Image.MAX_IMAGE_PIXELS


def test_a_real_bomb_of_a_thousand_million_pixels() -> None:
    chunk = struct.pack(">IIBBBBB", 32000, 32000, 8, 2, 0, 0, 0)
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + chunk))
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + chunk + crc + b"\0\1\0\0IDAT" + b"\0" * 99
    with pytest.raises(PictureError, match="1,024 megapixels, where the limit is 400"):
        decode_picture(io.BytesIO(bomb), "a.png", SMALLEST)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("smallest", [8, None])
def test_one_limit_for_all_formats(monkeypatch: pytest.MonkeyPatch, suffix: str, smallest: int | None) -> None:
    file = saved(Image.new("RGB", (300, 100), "red"), suffix)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # Pillow's own limit does not count
    with limits.allowing(0.03):
        assert decode_picture(file, f"a.{suffix}", smallest).width == 300
    with limits.allowing(0.029), pytest.raises(PictureError, match="bomb"):
        decode_picture(file, f"a.{suffix}", smallest)


@pytest.mark.parametrize("suffix", FORMATS)
def test_cut_off(suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    whole = saved(Image.fromarray(noise), suffix).getvalue()
    for part in (0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99):
        with pytest.raises(PictureError):
            decode_picture(io.BytesIO(whole[: int(len(whole) * part)]), f"a.{suffix}")


@pytest.mark.parametrize("suffix", ["gif", "png", "webp", "tif"])
@pytest.mark.parametrize("part", [0.6, 0.8, 0.95, 0.999])
def test_cut_off_behind_a_sound_first_picture(suffix: str, part: float) -> None:
    samples = np.random.default_rng(0).integers(0, 255, (3, 40, 60, 3), dtype=np.uint8)
    first, *others = map(Image.fromarray, samples)
    whole = saved(first, suffix, save_all=True, append_images=others).getvalue()
    cut, expected = (
        decode_picture(io.BytesIO(file), f"a.{suffix}") for file in (whole[: int(len(whole) * part)], whole)
    )
    assert np.array_equal(cut.image, expected.image)


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_appended_does_no_harm(suffix: str) -> None:
    whole = saved(Image.new("RGB", (60, 40), "red"), suffix).getvalue()
    assert decode_picture(io.BytesIO(whole + b"a camera's own notes"), f"a.{suffix}").width == 60


@pytest.fixture(scope="session")
def cosine() -> Callable[[Image.Image, Image.Image], float]:
    """Compare two pictures with the real built-in model."""
    from indexer.models.loading import load_encoder

    encoder = load_encoder("builtin", "cpu")

    def compare(first: Image.Image, second: Image.Image) -> float:
        rows = encoder.encode_images(np.stack([encoder.preprocess(image) for image in (first, second)]))
        return float(rows[0] @ rows[1])

    return compare


@cache
def large(name: str, size: tuple[int, int]) -> Image.Image:
    """Return a sample picture, upright, enlarged and with a sensor's noise."""
    image = open_picture(SAMPLES / name).image
    image = image.resize(size if image.width >= image.height else size[::-1], Image.Resampling.LANCZOS)
    grain = np.random.default_rng(0).integers(-8, 9, (image.height, image.width, 1), dtype=np.int8)
    return Image.fromarray(np.clip(np.asarray(image, dtype=np.int16) + grain, 0, 255).astype(np.uint8))


def sixteen_bits(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L"), dtype=np.uint16) * 257)


def half_clear(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


Change = Callable[[Image.Image], Image.Image]
P3: dict[str, Any] = {"icc_profile": DISPLAY_P3}
PHOTO, SCAN, SMALL = (4000, 3000), (2400, 1800), (1599, 1201)


@pytest.mark.parametrize(
    ("name", "suffix", "size", "change", "options"),
    [
        ("car-red.jpg", "jpg", PHOTO, None, {"quality": 92}),
        ("car-red.jpg", "jpg", PHOTO, None, {"quality": 80, "exif": with_orientation(6), **P3}),
        ("car-taxi.jpg", "jpg", SCAN, None, {"progressive": True}),
        ("car-taxi.jpg", "jpg", SCAN, lambda image: image.convert("CMYK"), {}),
        ("park-bench.jpg", "jpg", SMALL, lambda image: image.convert("L"), {}),
        ("guitar.jpg", "mpo", SMALL, None, {"save_all": True, "append_images": [Image.new("RGB", (600, 800))]}),
        ("car-taxi.jpg", "png", SCAN, None, {"compress_level": 1, **P3}),
        ("mug-blue.png", "png", SMALL, half_clear, {"compress_level": 1}),
        ("wall-clock.gif", "png", SMALL, lambda image: image.quantize(64), {"compress_level": 1}),
        ("dumbbell.jpg", "png", SMALL, sixteen_bits, {"compress_level": 1}),
        ("wall-clock.gif", "gif", SMALL, None, {}),
        ("apple-green.tif", "tif", SMALL, None, {"exif": with_orientation(8)}),
        ("oranges.jpg", "tif", SMALL, lambda image: image.convert("CMYK"), {"compression": "tiff_lzw"}),
        ("hourglass.jpg", "bmp", SMALL, None, {}),
        ("sofa.jpg", "ppm", SMALL, None, {}),
        ("keyboard.jpg", "pbm", (2800, 2100), lambda image: image.convert("1"), {}),
        ("teapot.webp", "webp", SMALL, None, {"method": 0, **P3}),
        ("strawberries.jpg", "jp2", (1600, 1200), None, {"quality_mode": "rates", "quality_layers": [12]}),
        ("padlock.jpg", "jp2", SMALL, None, {"quality_mode": "rates", "quality_layers": [12]}),
        ("pizza.heic", "heic", (1280, 1040), None, {"exif": with_orientation(3), **P3}),
        ("candles.avif", "avif", SMALL, None, {"speed": 10}),
        pytest.param("soccer-ball.jpg", "jxl", SMALL, None, {"effort": 1}, marks=JXL.marks),
    ],
)
def test_reduced_is_the_same_to_the_model(
    cosine: Callable[[Image.Image, Image.Image], float],
    name: str,
    suffix: str,
    size: tuple[int, int],
    change: Change | None,
    options: dict[str, Any],
) -> None:
    image = large(name, size)
    file = saved(change(image) if change else image, suffix, **options)
    whole, reduced = (decode_picture(file, f"a.{suffix}", smallest) for smallest in (None, SMALLEST))
    assert (whole.width, whole.height) == (reduced.width, reduced.height) == whole.image.size
    assert 2 * SMALLEST <= min(reduced.image.size) < min(whole.image.size) * 0.6
    assert cosine(whole.image, reduced.image) >= 0.998
