"""Tests of search.duplicates.alignment: crops and changes of brightness are measured."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from search.duplicates.alignment import Alignment, align, greys
from tests.conftest import SAMPLES

CROPS = [(0, 0, 0, 0), (0.02, 0, 0, 0), (0, 0.03, 0, 0), (0.02, 0.02, 0, 0), (0, 0, 0.04, 0), (0.01, 0, 0, 0.02)]
CROPS += [(0.02, 0.02, 0.02, 0.02), (0, 0.04, 0, 0), (0.03, 0.01, 0, 0.02), (0.0, 0.0, 0.03, 0.03), (0.05, 0, 0, 0)]


@pytest.mark.parametrize("name", ["car-red.jpg", "espresso.jpg"])
@pytest.mark.parametrize(("left", "top", "right", "bottom"), CROPS)
def test_a_crop_is_measured(name: str, left: float, top: float, right: float, bottom: float) -> None:
    with Image.open(SAMPLES / name) as opened:
        whole = opened.convert("RGB").resize((512, 384))
    box = (left * 512, top * 384, (1 - right) * 512, (1 - bottom) * 384)
    found = align(whole, whole.resize((512, 384), Image.Resampling.BICUBIC, box=box))
    kept_x, kept_y = 1 - left - right, 1 - top - bottom
    assert 1 + found.scale_x == pytest.approx(1 / kept_x, abs=2e-3)
    assert 1 + found.scale_y == pytest.approx(1 / kept_y, abs=2e-3)
    assert found.shift_x == pytest.approx((right - left) / 2 / kept_x, abs=2e-3)
    assert found.shift_y == pytest.approx((bottom - top) / 2 / kept_y, abs=2e-3)
    assert found.displacement <= 0.06


@pytest.mark.parametrize("factor", [0.6, 0.8, 1.0, 1.2])
def test_contrast_is_measured(factor: float) -> None:
    with Image.open(SAMPLES / "guitar.jpg") as opened:
        image = opened.convert("RGB").resize((384, 512))
    found = align(image, ImageEnhance.Contrast(image).enhance(factor))
    assert found.gain == pytest.approx(factor, abs=0.08) and found.displacement < 2e-3


def test_what_is_moved_lies_on_the_other() -> None:
    with Image.open(SAMPLES / "car-red.jpg") as opened:
        whole = greys(opened.convert("RGB").resize((512, 384)), 512)
    shift = Alignment(shift_x=8 / 512, shift_y=-4 / 384)
    moved, inside = shift.moved(whole), shift.inside(whole.shape)
    assert np.abs(moved[4:, :-8] - whole[:-4, 8:]).max() < 1
    assert inside[10:-10, 10:-20].all() and not inside[:, -6:].any() and not inside[:3].any()


def test_plain_pictures_do_no_harm() -> None:
    plain = Image.new("RGB", (64, 48), "red")
    assert np.isfinite(align(plain, Image.new("RGB", (64, 48), "blue")).displacement)
