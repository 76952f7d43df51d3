"""Tests of indexer.decoding.colour."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from indexer.decoding.colour import to_rgb
from indexer.decoding.decode import decode_picture
from tests.indexer.decoding.saving import (
    DISPLAY_P3,
    distance,
    profile_of,
    saved,
)


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
        (Image.fromarray(np.full((2, 2), 0.5, np.float32)), 128),
    ],
)
def test_deep_samples_are_scaled(image: Image.Image, grey: int) -> None:
    assert to_rgb(image).getpixel((0, 0)) == (grey, grey, grey)


def test_cmyk_and_bilevel() -> None:
    assert to_rgb(Image.new("CMYK", (2, 2), (0, 255, 255, 0))).mode == "RGB"
    assert to_rgb(Image.new("1", (2, 2), 1)).getpixel((0, 0)) == (255, 255, 255)


def test_transparent_colours_do_not_show_after_reducing() -> None:
    image = Image.new("RGBA", (640, 640), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (1, 1, 320, 640))
    picture = decode_picture(saved(image, "png"), "a.png", 64).image
    assert distance(picture, (picture.width - 3, 9), (255, 255, 255)) <= 1
    assert int(np.asarray(picture)[..., 0].astype(int).max() - np.asarray(picture)[..., 1].max()) == 0, "nothing is red"


SRGB = profile_of([(0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)])
# sRGB red, green and a middle colour, as Display P3 has them
IN_P3 = {(234, 51, 35): (255, 0, 0), (117, 251, 76): (0, 255, 0), (150, 150, 150): (150, 150, 150)}


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "heic", "avif"])
@pytest.mark.parametrize("colour", IN_P3)
def test_wide_colours_become_srgb(suffix: str, colour: tuple[int, int, int]) -> None:
    file = saved(Image.new("RGB", (640, 640), colour), suffix, icc_profile=DISPLAY_P3)
    for smallest in (None, 64):
        image = decode_picture(file, f"a.{suffix}", smallest).image
        assert distance(image, (9, 9), IN_P3[colour]) <= 24  # a plain gamma is not quite sRGB's curve; 8 bits clip
    plain = decode_picture(saved(Image.new("RGB", (640, 640), colour), suffix), f"a.{suffix}", 64).image
    assert distance(plain, (9, 9), colour) <= 4


def test_with_transparency_or_a_palette() -> None:
    colour, expected = (234, 51, 35), (255, 0, 0)
    clear = Image.new("RGBA", (300, 300), (*colour, 255))
    assert (
        distance(decode_picture(saved(clear, "png", icc_profile=DISPLAY_P3), "a.png", 64).image, (9, 9), expected) <= 24
    )
    palette = Image.new("RGB", (300, 300), colour).quantize(4)
    picture = decode_picture(saved(palette, "png", icc_profile=DISPLAY_P3), "a.png", 64).image
    assert distance(picture, (9, 9), expected) <= 24


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "1", "I;16"])
@pytest.mark.parametrize(
    "profile",
    [
        b"broken",
        DISPLAY_P3[:200],
        DISPLAY_P3[:128] + b"\xff" * 300,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
    ],
)
def test_a_broken_or_unfitting_profile_fails_no_picture(mode: str, profile: bytes) -> None:
    image = Image.new(mode, (300, 300))
    plain = to_rgb(image)
    assert to_rgb(image, profile).tobytes() == plain.tobytes()
    file = saved(image, "tif", icc_profile=profile)
    assert decode_picture(file, "a.tif", 64).image.getpixel((9, 9)) == plain.getpixel((9, 9))


def test_srgb_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    built_in = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    to_rgb(Image.new("RGB", (1, 1)), built_in)
    monkeypatch.setattr(ImageCms, "applyTransform", lambda *_: pytest.fail("converted"))
    to_rgb(Image.new("RGB", (1, 1)), built_in)
