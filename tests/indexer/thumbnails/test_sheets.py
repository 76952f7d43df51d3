"""Tests of indexer.thumbnails.sheets: the right picture below each number, and the numbers can be read."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indexer.thumbnails.jpegs import Jpeg
from indexer.thumbnails.making import webp
from indexer.thumbnails.sheet_rows import NUMBER_HEIGHT, Place, laid_in_rows
from indexer.thumbnails.sheets import GROUND, INK, MISSING_SIZE, NUMBER_SIZE, Sheet

SIZES = [(256, 171), (171, 256), (256, 30)]


def colour(number: int) -> tuple[int, int, int]:
    return number * 5, 255 - number * 5, number * 53 % 256


def pictures(count: int) -> tuple[bytes, ...]:
    return tuple(webp(Image.new("RGB", SIZES[number % 3], colour(number))) for number in range(1, count + 1))


def drawn(sheet: Sheet) -> tuple[Jpeg, Image.Image]:
    """Return a sheet as a worker gets it and draws it."""
    made: Jpeg = pickle.loads(pickle.dumps(sheet)).do()
    image = Image.open(io.BytesIO(made.content))
    assert image.format == "JPEG" and image.size == (made.width, made.height)
    return made, image.convert("RGB")


def written(number: int, width: int = 44) -> Image.Image:
    """Return a number as it stands above a picture."""
    image = Image.new("RGB", (width, NUMBER_HEIGHT), GROUND)
    ImageDraw.Draw(image).text((0, 0), str(number), INK, ImageFont.load_default(NUMBER_SIZE))
    return image


def read(sheet: Image.Image, place: Place) -> int:
    """Return the number that the pixels above a picture look most like."""
    above = sheet.crop((place.left, place.top - NUMBER_HEIGHT, place.left + 44, place.top))

    def unlikeness(number: int) -> float:
        return float(np.abs(np.asarray(above, dtype=float) - np.asarray(written(number), dtype=float)).mean())

    return min(range(1, 100), key=unlikeness)


@pytest.mark.parametrize("count", [1, 2, 5, 12, 48])
def test_each_number_stands_above_its_picture(count: int) -> None:
    made, image = drawn(Sheet(pictures(count), 1568, 700_000))
    assert max(image.size) <= 1568 and len(made.content) <= 700_000
    laid = laid_in_rows([SIZES[number % 3] for number in range(1, count + 1)], 1568)
    assert image.size == laid[:2]
    for number, place in enumerate(laid.places, 1):
        assert read(image, place) == number
        middle = image.getpixel((place.left + place.width // 2, place.top + place.height // 2))
        assert isinstance(middle, tuple) and np.abs(np.subtract(middle, colour(number))).max() <= 12


def test_what_can_t_be_shown_says_so() -> None:
    first, third = pictures(2)
    _, image = drawn(Sheet((first, None, third), 1568, 700_000))
    place = laid_in_rows([SIZES[1], MISSING_SIZE, SIZES[2]], 1568).places[1]
    assert read(image, place) == 2
    cell = np.asarray(image.crop((place.left + 4, place.top + 4, place.left + place.width - 4, place.top + 40)))
    assert (cell > 200).any(axis=2).sum() > 100, "words are in it"
    _, without = drawn(Sheet((None,) * 48, 1568, 700_000))
    assert max(without.size) <= 1568


def test_a_sheet_of_fewer_bytes_is_smaller() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    full = (webp(Image.fromarray(noise)),) * 48
    made, image = drawn(Sheet(full, 1568, 100_000))
    assert len(made.content) <= 100_000 and max(image.size) > 300
