"""Tests of indexer.side_data.tiff_jpegs: damage of a JPEG within a TIFF is told, and nothing that is sound."""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.decode import decode_picture
from indexer.decoding.jpeg import decode_jpeg
from indexer.errors import PictureError
from indexer.side_data.directories import directories, numbers
from indexer.side_data.tiff_jpegs import strips_as_jpegs
from tests.indexer.side_data.writing import saved, scene

WIDTH, HEIGHT = 400, 300


def written(mode: str = "RGB", quality: int = 90, **options: Any) -> bytes:
    image = scene(WIDTH, HEIGHT)
    noise = np.random.default_rng(1).integers(-20, 20, (HEIGHT, WIDTH, 3))
    rough = np.clip(np.asarray(image).astype(int) + noise, 0, 255).astype(np.uint8)
    return saved("TIFF", Image.fromarray(rough).convert(mode), compression="jpeg", quality=quality, **options)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "YCbCr"])
@pytest.mark.parametrize("quality", [20, 75, 95, 100])
@pytest.mark.parametrize("options", [{}, {"strip_size": 4096}, {"big_tiff": True}])
def test_sound_ones(mode: str, quality: int, options: dict[str, Any]) -> None:
    content = written(mode, quality, **options)
    picture = decode_picture(io.BytesIO(content), "a.tif")
    assert picture.width == WIDTH and picture.note is None
    strips = list(strips_as_jpegs(io.BytesIO(content)))
    assert strips and all(strip.startswith(b"\xff\xd8") for strip in strips)
    if mode in ("RGB", "L"):
        assert sum(image.height for strip in strips if (image := decode_jpeg(strip, None))) >= HEIGHT


@pytest.mark.parametrize("tile", [None, (64, 64), (128, 256)])
@pytest.mark.parametrize("photometric", ["rgb", "ycbcr", "minisblack"])
def test_sound_ones_of_another_writer(photometric: str, tile: tuple[int, int] | None) -> None:
    tifffile = pytest.importorskip("tifffile")
    pytest.importorskip("imagecodecs")
    samples, file = np.asarray(scene(WIDTH, HEIGHT)), io.BytesIO()
    samples = samples[..., 0] if photometric == "minisblack" else samples
    options: dict[str, Any] = {"photometric": photometric, "tile": tile, "metadata": None}
    tifffile.imwrite(file, np.ascontiguousarray(samples), compression="jpeg", **options)
    assert decode_picture(file, "a.tif").width == WIDTH


def is_told(content: bytes) -> bool:
    try:
        decode_picture(io.BytesIO(content), "a.tif")
    except PictureError as error:
        assert str(error).startswith(("damaged", "the file is truncated"))
        return True
    return False


@pytest.mark.parametrize("hole", [64, 512, 2000])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("filling", ["zeroes", "noise"])
def test_holes_are_damage(filling: str, mode: str, hole: int) -> None:
    sound = written(mode)
    page = next(directories(sound))
    start, count = (numbers(sound, tag)[0] for tag in page if tag.number in (273, 279))
    told = 0
    for tenth in range(2, 10):  # zeroes may be code words that end where they should, of which no decoder can tell
        begin = start + (count - hole) * tenth // 10
        stuff = bytes(hole) if filling == "zeroes" else random.Random(hole).randbytes(hole)
        told += is_told(sound[:begin] + stuff + sound[begin + hole :])
    assert told >= (2 if (filling, hole) == ("zeroes", 64) else 5)


def test_none_in_other_files() -> None:
    for content in (b"", b"II*\0", saved("TIFF"), saved("JPEG"), saved("TIFF", compression="tiff_lzw")):
        assert list(strips_as_jpegs(io.BytesIO(content))) == []
