"""Pictures that assistants look at, indexed by the real model: turned, with a place, HEIC, noise, a video, many."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import clipsearch
from tests.conftest import SAMPLES
from tests.indexer.thumbnails.test_jpegs import corners

MANY = 50
HAS_VIDEO = find_spec("av") is not None
needs_video = pytest.mark.skipif(not HAS_VIDEO, reason="PyAV is an extra")


def colour_of(number: int) -> tuple[int, int, int]:
    """Return the colour of one of the many."""
    return 40 + number * 4, 250 - number * 4, number * 67 % 200 + 28


def write_album(folder: Path) -> Path:
    """Write the pictures into a new folder, and index them beside it."""
    photos = folder / "photos"
    (photos / "many").mkdir(parents=True)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x010E] = 6, "Acme", "secret words"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:19 12:00:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (48.0, 51.0, 30.0), "E", (2.0, 17.0, 40.0)
    stored = corners(600, 400).transpose(Image.Transpose.ROTATE_90)
    stored.save(photos / "turned.jpg", exif=exif, comment=b"secret words", quality=95)
    noise = np.random.default_rng(1).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    Image.fromarray(noise).save(photos / "noise.jpg", quality=60)
    shutil.copy(SAMPLES / "pizza.heic", photos / "pizza.heic")
    for number in range(1, MANY + 1):
        size = [(90, 60), (60, 90), (120, 20)][number % 3]
        Image.new("RGB", size, colour_of(number)).save(photos / "many" / f"{number:02}.png")
    if HAS_VIDEO:
        from tests.indexer.video.writing import BLUE, RED, scene, write

        write(photos / "two.mp4", scene(RED, 4) + scene(BLUE, 4))
    with clipsearch.open(folder / "library", model="builtin") as library:
        library.index([photos])
    return folder
