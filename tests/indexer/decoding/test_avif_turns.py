"""Tests of indexer.decoding.avif_turns: crops and turns of AVIF, and of HEIC, whose library does them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from indexer.colour.heif_boxes import Box, properties
from indexer.decoding.avif_turns import turned
from indexer.decoding.decode import decode_picture
from tests.indexer.colour.boxes import clap, imir, irot, with_properties
from tests.indexer.decoding.saving import saved, with_orientation

Properties = list[tuple[bytes, bytes]]
WIDTH, HEIGHT = 160, 96
LEFT_CUT, TOP_CUT, CUT = 32, 16, (64, 48)
# The centre of the crop is that far from the picture's, doubled: 32 + 64 / 2 - 160 / 2, 16 + 48 / 2 - 96 / 2
MIDDLE = clap(*CUT, 2 * (LEFT_CUT + 32 - 80), 2 * (TOP_CUT + 24 - 48))


def quarters(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """Return a picture whose every point tells where it is: red grows to the right, green downwards."""
    x, y = np.meshgrid(np.linspace(40, 220, width), np.linspace(40, 220, height))
    return Image.fromarray(np.stack([x, y, np.full_like(x, 90)], axis=-1).round().astype(np.uint8))


def written(suffix: str, properties: Properties) -> io.BytesIO:
    return with_properties(saved(quarters(), suffix, quality=95), properties)


def by_hand(properties: Properties) -> Image.Image:
    """Return the picture with these properties applied in their order."""
    image = quarters()
    for kind, content in properties:
        if kind == b"irot":
            image = image.rotate(90 * content[0], expand=True)
        elif kind == b"imir":
            flip = Image.Transpose.FLIP_LEFT_RIGHT if content[0] else Image.Transpose.FLIP_TOP_BOTTOM
            image = image.transpose(flip)
        else:
            numbers = np.frombuffer(content, ">i4").astype(int)
            left = (image.width - numbers[0]) // 2 + numbers[4] // 2
            top = (image.height - numbers[2]) // 2 + numbers[6] // 2
            image = image.crop((left, top, left + numbers[0], top + numbers[2]))
    return image


CASES: dict[str, Properties] = {
    "nothing": [],
    "crop": [MIDDLE],
    "crop at the corner": [clap(64, 48, -96, -48)],
    "crop of all": [clap(WIDTH, HEIGHT)],
    "crop, quarter turn": [MIDDLE, irot(1)],
    "crop, half turn": [MIDDLE, irot(2)],
    "crop, three quarters": [MIDDLE, irot(3)],
    "crop, mirror": [MIDDLE, imir(0)],
    "crop, other mirror": [MIDDLE, imir(1)],
    "crop, turn, mirror": [MIDDLE, irot(1), imir(1)],
    "turn, crop": [irot(1), clap(48, 64, -10, 20)],
    "mirror, turn": [imir(1), irot(1)],
    "turn, mirror": [irot(1), imir(1)],
    "turn": [irot(3)],
    "mirror": [imir(0)],
    "two turns": [irot(1), irot(1)],
}


@pytest.mark.parametrize("suffix", ["avif", "heic"])
@pytest.mark.parametrize("properties", CASES.values(), ids=CASES)
def test_in_their_order(properties: Properties, suffix: str) -> None:
    expected = by_hand(properties)
    for smallest in (None, 10):
        picture = decode_picture(written(suffix, properties), f"a.{suffix}", smallest)
        assert (picture.width, picture.height) == expected.size
        wanted = expected.reduce(expected.height // picture.image.height) if smallest else expected
        assert picture.image.size == wanted.size
        assert np.abs(np.asarray(picture.image, dtype=int) - np.asarray(wanted)).mean() <= 4


ODD = [
    clap(500, 48),
    clap(64, 48, 400),
    clap(0, 0),
    (b"clap", bytes(32)),
]


@pytest.mark.parametrize("crop", ODD)
def test_a_crop_that_makes_no_sense(crop: tuple[bytes, bytes]) -> None:
    picture = decode_picture(written("avif", [crop]), "a.avif")
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    for content in (b"", b"\0\0\0\x40", crop[1][:31]):
        uncropped = turned(quarters(), [Box(b"clap", content), Box(b"irot", b"")])
        assert uncropped is not None and uncropped.size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("suffix", ["avif", "heic"])
def test_pixels_count_as_square(suffix: str) -> None:
    """The property `pasp` is not followed, as in viewers."""
    file = written(suffix, [(b"pasp", b"\0\0\0\2\0\0\0\1")])
    assert decode_picture(file, f"a.{suffix}").image.size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["avif", "heic"])
def test_exif_and_turns_are_not_both_applied(suffix: str, orientation: int) -> None:
    """Writers say it twice: by irot and imir, and in EXIF, which does not count (ISO/IEC 23008-12, A.2.1)."""
    image = quarters()
    image.info["exif"] = with_orientation(orientation).tobytes()
    exif = {"exif": image.info["exif"]} if suffix == "avif" else {}  # pillow-heif makes turns of the picture's own
    file = saved(image, suffix, quality=95, **exif)
    assert orientation == 1 or any(box.kind in (b"irot", b"imir") for box in properties(file))
    picture = decode_picture(file, f"a.{suffix}")
    expected = ImageOps.exif_transpose(image)
    assert picture.image.size == expected.size
    assert np.abs(np.asarray(picture.image, dtype=int) - np.asarray(expected)).mean() <= 4


@pytest.mark.parametrize("suffix", ["avif", "heic"])
def test_exif_alone_does_not_turn(suffix: str) -> None:
    content = saved(quarters(), suffix, exif=with_orientation(6), quality=95).getvalue()
    content = content.replace(b"\x09irot\x03", b"\x09irot\0")  # Pillow turns as EXIF says; pillow-heif does not
    picture = decode_picture(io.BytesIO(content), f"a.{suffix}")
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)


def test_a_grid_of_tiles() -> None:
    import pillow_heif

    image = quarters(512, 384)
    file = io.BytesIO()
    pillow_heif.from_pillow(image).save(file, quality=95, tile_size=128)
    picture = decode_picture(file, "a.heic")
    assert (picture.width, picture.height) == (512, 384)
    assert np.abs(np.asarray(picture.image, dtype=int) - np.asarray(image)).mean() <= 4
