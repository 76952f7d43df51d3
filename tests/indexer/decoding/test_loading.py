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

from indexer.decoding.decode import decode_picture, open_picture
from indexer.errors import PictureError
from tests.conftest import SAMPLES
from tests.indexer.decoding.saving import DISPLAY_P3, JXL, SMALLEST, saved, with_orientation


def test_bomb_is_refused_and_pillows_guard_stays_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Image.MAX_IMAGE_PIXELS is not None
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    Image.new("1", (20, 20)).save(tmp_path / "bomb.png")
    with pytest.raises(PictureError, match="bomb"):
        open_picture(tmp_path / "bomb.png")
    assert Image.MAX_IMAGE_PIXELS == 100


def test_a_real_bomb_of_a_thousand_million_pixels() -> None:
    chunk = struct.pack(">IIBBBBB", 32000, 32000, 8, 2, 0, 0, 0)
    crc = struct.pack(">I", zlib.crc32(b"IHDR" + chunk))
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + chunk + crc + b"\0\1\0\0IDAT" + b"\0" * 99
    with pytest.raises(PictureError, match="bomb"):
        decode_picture(io.BytesIO(bomb), "a.png", SMALLEST)


@pytest.mark.parametrize(
    ("suffix", "size", "smallest", "options", "opens"),
    [
        ("png", (150, 100), 8, {}, True),  # where Pillow warns, which is no error here
        ("png", (300, 100), 8, {}, False),
        ("jpg", (300, 100), 8, {}, True),  # as phones of 200 million pixels make
        ("jpg", (300, 100), None, {}, False),
        ("jpg", (300, 100), 8, {"progressive": True}, False),
        ("jpg", (500, 100), 8, {}, False),
        pytest.param("jxl", (150, 100), 8, {}, True, marks=JXL.marks),
        pytest.param("jxl", (300, 100), 8, {}, False, marks=JXL.marks),
    ],
)
def test_where_the_guard_stands(
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
    size: tuple[int, int],
    smallest: int | None,
    options: dict[str, Any],
    opens: bool,
) -> None:
    file = saved(Image.new("RGB", size, "red"), suffix, **options)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    if opens:
        assert decode_picture(file, f"a.{suffix}", smallest).width == size[0]
    else:
        with pytest.raises(PictureError, match="bomb"):
            decode_picture(file, f"a.{suffix}", smallest)


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
