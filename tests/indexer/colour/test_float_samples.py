"""Tests of indexer.colour.float_samples, and that both ways to decode floats follow it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from indexer.colour.float_samples import float_bits, signed_bits
from indexer.decoding.decode import decode_picture

HEIGHT, WIDTH = 60, 80
ROWS, COLUMNS = np.mgrid[0:HEIGHT, 0:WIDTH]
GREY = COLUMNS / (WIDTH - 1)
COLOURS = np.dstack([GREY, ROWS / (HEIGHT - 1), (ROWS + COLUMNS) / (HEIGHT + WIDTH - 2)])
ODD = [1.0001, 1.2, 1.5, 8.0, 1e5, 1e38, -0.001, -3.0, -1e5, -3.4e38, np.nan, np.inf, -np.inf]


def with_odd(picture: NDArray[Any], white: float, value: float, count: int) -> NDArray[np.float32]:
    samples = (picture * white).astype(np.float32)
    samples.reshape(-1)[7 : 7 + count] = value * white if np.isfinite(value) and abs(value) < 1e30 else value
    return samples


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("count", [1, 5])
def test_a_few_odd_samples_change_no_other(white: float, value: float, count: int) -> None:
    for picture in (GREY, COLOURS):
        bits = float_bits(with_odd(picture, white, value, count)).reshape(-1).astype(int)
        expected = (picture.reshape(-1) * 255).round()
        assert np.abs(bits - expected)[7 + count :].max() <= 1 and np.abs(bits - expected)[:7].max() <= 1


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
@pytest.mark.parametrize("value", [1.0001, 1.5, 40.0, np.nan, np.inf])
@pytest.mark.parametrize("form", ["grey by Pillow", "grey of 16 bits", "RGB", "RGBA"])
def test_in_a_tiff(form: str, value: float, white: float) -> None:
    tifffile = pytest.importorskip("tifffile")
    picture = COLOURS if form.startswith("RGB") else GREY
    if form == "RGBA":
        picture = np.dstack([COLOURS, np.ones((HEIGHT, WIDTH))])
    samples = with_odd(picture, white, value, 1)
    if form == "grey of 16 bits":
        samples = np.clip(samples, -6e4, 6.5e4).astype(np.float16)
    file = io.BytesIO()
    tifffile.imwrite(file, samples, photometric="rgb" if form.startswith("RGB") else "minisblack", metadata=None)
    image = np.asarray(decode_picture(file, "a.tif").image, dtype=float)
    expected = COLOURS if form.startswith("RGB") else np.dstack([GREY] * 3)
    assert np.abs(image - expected * 255).mean() < 2


@pytest.mark.parametrize(("low", "high"), [(-1, 1), (-200, 2800), (500, 3000), (-5, 40), (1e6, 2e6), (-1e-3, -1e-4)])
def test_measurements_are_stretched(low: float, high: float) -> None:
    bits = float_bits((GREY * (high - low) + low).astype(np.float64))
    assert np.abs(bits - GREY * 255).max() < 5 and bits.min() == 0 and bits.max() == 255


@pytest.mark.parametrize("mark", [-9999.0, -32768.0, -3.4028235e38])
def test_missing_samples_are_black(mark: float) -> None:
    heights = (GREY * 900 + 300).astype(np.float32)
    heights[:30, 10:30] = mark
    bits = float_bits(heights)
    assert bits[:30, 10:30].max() == 0 and np.abs(bits - GREY * 255)[30:].max() < 5


def test_light_brighter_than_white() -> None:
    assert float_bits((GREY * 6).astype(np.float32)).mean() == pytest.approx(128, abs=4)


def test_a_small_light_in_the_dark() -> None:
    sky = np.zeros((400, 400), np.float32)
    sky[:10, :10] = 200.0
    assert float_bits(sky)[0, 0] == 200 and float_bits(sky)[20, 20] == 0


@pytest.mark.parametrize("value", [0.0, 1.0, np.nan, np.inf, -np.inf, -1.0, 7.0])
def test_one_value_alone(value: float) -> None:
    assert len(np.unique(float_bits(np.full((4, 4), value, np.float32)))) == 1


def test_no_samples_or_complex_ones() -> None:
    assert float_bits(np.zeros((0, 4), np.float32)).shape == (0, 4)
    assert np.abs(float_bits((GREY + 0j).astype(np.complex64)) - GREY * 255).max() <= 1


@pytest.mark.parametrize("kind", ["i1", "i2", "i4", "i8"])
def test_signed_numbers(kind: str) -> None:
    limits = np.iinfo(kind)
    samples = (COLOURS * float(limits.max)).clip(0, np.nextafter(float(limits.max), 0)).astype(kind)
    assert np.abs(signed_bits(samples, limits.bits).astype(int) - COLOURS * 255).max() <= 2.5
    assert signed_bits(np.full((2, 2), limits.min, kind), limits.bits).max() == 0


def test_floats_that_pillow_makes() -> None:
    image = Image.fromarray(with_odd(GREY, 1.0, 1.0001, 1))
    file = io.BytesIO()
    image.save(file, "TIFF")
    assert np.asarray(decode_picture(file, "a.tif").image).mean() > 120
