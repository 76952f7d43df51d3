"""Tests of benchmarks.builtin_colours: what it paints, as the stamps of the smoke test are not cut out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.builtin_colours import GROUNDS, SIDE, painted_thing, repaint


def test_a_thing_is_as_light_and_dark_in_its_paint_as_before() -> None:
    pixels = np.ones((1, 3, 4))
    pixels[0, :, :3] = [[0.2] * 3, [0.5] * 3, [0.8] * 3]
    dark, plain, light = repaint(pixels, (200, 0, 0))[0, :, :3]
    assert dark[0] < plain[0] < light[0] and plain[0] == pytest.approx(200 / 255, abs=0.02)
    assert dark[1] == 0 and light[1] > 0


@pytest.mark.parametrize("ground", GROUNDS)
def test_a_cut_out_thing_is_put_on_a_ground(tmp_path: Path, ground: str) -> None:
    thing = Image.new("RGBA", (200, 100))
    ImageDraw.Draw(thing).ellipse((20, 20, 180, 80), fill="grey")
    thing.save(tmp_path / "thing.png")
    made = painted_thing(
        tmp_path / "thing.png", ground, [Image.new("RGB", (300, 400), "white")], np.random.default_rng(1)
    )
    assert made is not None
    picture, names = made
    assert picture.size == (SIDE, SIDE) and len(names) == 1
    assert picture.convert("L").getextrema()[0] != picture.convert("L").getextrema()[1]


def test_what_is_not_cut_out_is_left_out(tmp_path: Path) -> None:
    Image.new("RGB", (50, 50), "red").save(tmp_path / "whole.png")
    assert painted_thing(tmp_path / "whole.png", "white", [], np.random.default_rng(1)) is None
