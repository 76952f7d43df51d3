"""Tests of indexer.models.preprocess: the very pixels that the models' own transforms give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.models.preprocess import Pixels, Preprocess

SIZES = [(64, 64), (640, 480), (481, 640), (333, 777), (1001, 37), (5, 300), (31, 33), (224, 224), (1, 1), (225, 224)]


def picture(width: int, height: int) -> Image.Image:
    """Return noise, in which no two places look the same."""
    return Image.fromarray(np.random.default_rng(width).integers(0, 256, (height, width, 3), dtype=np.uint8))


def pixels(transformed: Any) -> Pixels:
    """Return a transform's tensor (3, height, width), 0..1, as ours is."""
    array: Pixels = np.round(transformed.numpy().transpose(1, 2, 0) * 255).astype(np.uint8)
    return array


def close(ours: Pixels, theirs: Pixels) -> None:
    assert ours.shape == theirs.shape
    assert ours.dtype == np.uint8
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
@pytest.mark.parametrize("shape", [(224, 224), (48, 48), (48, 80), (80, 48)])
@pytest.mark.parametrize("mode", ["shortest", "longest", "squash"])
@pytest.mark.filterwarnings("ignore")
def test_what_open_clip_does(size: tuple[int, int], interpolation: str, shape: tuple[int, int], mode: Any) -> None:
    from open_clip.transform import image_transform

    if mode == "shortest" and shape[0] != shape[1] and interpolation != "bicubic":
        pytest.skip("open_clip scales to other shapes with bicubic only, whatever is asked for")
    theirs = image_transform(
        shape, is_train=False, mean=(0.0,) * 3, std=(1.0,) * 3, resize_mode=mode, interpolation=interpolation
    )
    image = picture(*size)
    close(Preprocess(*shape, mode, interpolation)(image), pixels(theirs(image)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("side", [260, 224])
@pytest.mark.parametrize("crop", [0.89, 0.875, 1.0])
@pytest.mark.filterwarnings("ignore")
def test_what_timm_does(size: tuple[int, int], side: int, crop: float) -> None:
    from timm.data import create_transform

    theirs: Any = create_transform(
        (3, side, side), crop_pct=crop, interpolation="bicubic", mean=(0.0,) * 3, std=(1.0,) * 3
    )
    image = picture(*size)
    close(Preprocess(side, side, crop=crop)(image), pixels(theirs(image)))


def test_padding_has_the_colour_asked_for() -> None:
    found = Preprocess(10, 10, "longest", fill=7)(Image.new("RGB", (100, 10), "white"))
    assert found[0].tolist() == [[7, 7, 7]] * 10 and found[4].min() == 255


def test_smallest_leaves_the_decoder_enough_pixels() -> None:
    assert Preprocess(224, 224).smallest == 224
    assert Preprocess(260, 260, crop=0.89).smallest == 292
    assert Preprocess(48, 80, "squash").smallest == 80


def test_the_answer_can_be_kept() -> None:
    """It is the caller's own, also where nothing had to be scaled."""
    image = Image.new("RGB", (8, 8), "red")
    found = Preprocess(8, 8)(image)
    image.paste("blue", (0, 0, 8, 8))
    assert found[0, 0].tolist() == [255, 0, 0]
