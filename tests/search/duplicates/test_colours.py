"""Tests of search.duplicates.colours: a thing of another colour is another picture, be its grey the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from search.duplicates.difference import difference
from tests.search.duplicates.test_difference import encoded, sample, small

COLOURS = [(220, 60, 50), (60, 141, 50), (60, 110, 230)]  # of one grey


def traffic_light(colour: tuple[int, int, int]) -> Image.Image:
    image = sample("park-bench.jpg").resize((1200, 900))
    draw = ImageDraw.Draw(image)
    draw.rectangle((560, 200, 640, 420), fill=(20, 20, 20))
    draw.ellipse((570, 220, 630, 280), fill=colour)
    return image


def dashboard(colour: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", (1600, 900), (245, 245, 245))
    draw = ImageDraw.Draw(image)
    for row in range(10):
        draw.text((80, 60 + row * 80), f"server-{row:02}  uptime 99.{row}", font_size=36, fill=(20, 20, 20))
        draw.ellipse((1300, 60 + row * 80, 1340, 100 + row * 80), fill=colour if row == 4 else COLOURS[1])
    return image


def chart(colour: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", (1200, 800), "white")
    draw = ImageDraw.Draw(image)
    draw.line((100, 50, 100, 700, 1150, 700), fill=0, width=3)
    draw.line([(100 + step * 50, 600 - (step * 37 % 300)) for step in range(21)], fill=colour, width=6)
    draw.text((500, 20), "Revenue", font_size=40, fill=0)
    return image


def map_of_areas(colour: tuple[int, int, int]) -> Image.Image:
    image = Image.new("RGB", (1000, 800), "white")
    draw = ImageDraw.Draw(image)
    for x, y in itertools.product(range(5), range(4)):
        fill = colour if (x, y) == (2, 1) else COLOURS[x * y % 3]
        draw.rectangle((x * 200, y * 200, x * 200 + 199, y * 200 + 199), fill=fill, outline="black")
        draw.text((x * 200 + 20, y * 200 + 60), "abc"[(x + y) % 3] * 3, font_size=60, fill="white")
    return image


@pytest.mark.parametrize("drawn", [traffic_light, dashboard, chart, map_of_areas])
def test_a_thing_of_another_colour(drawn: Callable[[tuple[int, int, int]], Image.Image]) -> None:
    for first, second in itertools.combinations(COLOURS, 2):
        assert difference(small(drawn(first)), small(drawn(second))) is None
    assert difference(small(drawn(COLOURS[0])), encoded(drawn(COLOURS[0]), 40)) == "same"


@pytest.mark.parametrize("name", ["sofa.jpg", "guitar.jpg", "car-red.jpg"])
def test_a_dot_anywhere(name: str) -> None:
    for number in range(4):
        dots = []
        for colour in COLOURS[:2]:
            dots.append(sample(name))
            ImageDraw.Draw(dots[-1]).circle((100 + 90 * number, 200), dots[-1].width / 50, fill=colour)
        assert difference(small(dots[0]), encoded(dots[1])) is None


@pytest.mark.parametrize("name", ["sofa.jpg", "car-red.jpg", "oranges.jpg", "traffic-light.png"])
def test_what_encoders_leave_is_no_change(name: str) -> None:
    assert difference(small(sample(name)), encoded(sample(name), 10)) == "same"
    assert difference(small(sample(name)), encoded(sample(name).resize((160, 120)), 85)) in ("same", None)
