"""Tests of indexer.decoding.shown_frame: animations are found by a frame that shows something."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.decode import open_picture
from tests.conftest import SAMPLES

SIZE = (160, 120)
SAVED: dict[str, dict[str, Any]] = {
    "a.gif": {"duration": 80},
    "a.png": {"duration": 80},
    "a.webp": {"duration": 80, "lossless": True},
    "a.avif": {"duration": 80, "quality": 90},
}
GROUNDS = ["black", "white", "navy", "#808080", "#fff8e0", "#400000", "#010203", "green", "#c0c0c0", "#f0f", "#00a0a0"]


def picture(name: str = "car-red.jpg") -> Image.Image:
    with Image.open(SAMPLES / name) as image:
        return image.convert("RGB").resize(SIZE)


def save(path: Path, frames: list[Image.Image]) -> None:
    frames[0].save(path, save_all=True, append_images=frames[1:], **SAVED[path.name])


def distance(path: Path, wanted: Image.Image) -> float:
    """Return the mean difference between what is decoded and a picture."""
    image = open_picture(path).image
    return float(np.abs(np.asarray(image, dtype=np.float32) - np.asarray(wanted, dtype=np.float32)).mean())


@pytest.mark.parametrize("name", SAVED)
@pytest.mark.parametrize("ground", GROUNDS)
def test_a_fade_in_is_found_by_what_it_shows(name: str, ground: str, tmp_path: Path) -> None:
    shown = picture()
    save(tmp_path / name, [Image.blend(Image.new("RGB", SIZE, ground), shown, step / 5) for step in range(6)])
    assert distance(tmp_path / name, shown) < 0.3 * distance(tmp_path / name, Image.new("RGB", SIZE, ground))


@pytest.mark.parametrize("name", SAVED)
def test_the_first_frame_stands_for_an_animation_if_it_shows_something(name: str, tmp_path: Path) -> None:
    first = picture("guitar.jpg")
    save(tmp_path / name, [first, picture(), picture("espresso.jpg")])
    assert distance(tmp_path / name, first) < 12


def test_the_first_of_the_frames_that_show_as_much(tmp_path: Path) -> None:
    blank, first, second = Image.new("RGB", SIZE), picture("guitar.jpg"), picture()
    save(tmp_path / "a.webp", [blank, blank, first, first, second, blank])
    assert distance(tmp_path / "a.webp", first) < 12


@pytest.mark.parametrize("name", SAVED)
def test_an_animation_that_shows_nothing(name: str, tmp_path: Path) -> None:
    save(tmp_path / name, [Image.new("RGB", SIZE, colour) for colour in ("black", "#010101", "#000")])
    assert distance(tmp_path / name, Image.new("RGB", SIZE)) < 4


def test_a_long_film_is_not_decoded_to_its_end(tmp_path: Path) -> None:
    blank = Image.new("P", (16, 12))
    frames = [blank.copy() for _ in range(600)]
    for number, frame in enumerate(frames):
        frame.putpixel((0, 0), number % 2)  # or they would be merged
    frames[500] = picture().resize((16, 12)).quantize(16)
    save(tmp_path / "a.gif", frames)
    assert np.asarray(open_picture(tmp_path / "a.gif").image).std() < 30


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp"])
def test_metadata_and_size_are_those_of_the_file(name: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2021:07:04 12:30:00"
    frames = [Image.new("RGB", SIZE), picture()]
    options = {"exif": exif} if name.endswith("webp") else {}
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], **SAVED[name], **options)
    if name.endswith("png"):  # Pillow writes none into animations
        content = (tmp_path / name).read_bytes()
        before, chunk = content.index(b"IDAT") - 4, b"eXIf" + exif.tobytes()[6:]
        chunk = (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
        (tmp_path / name).write_bytes(content[:before] + chunk + content[before:])
    opened = open_picture(tmp_path / name, 32)
    assert (opened.width, opened.height) == SIZE
    assert opened.metadata.taken_at == (None if name.endswith("gif") else "2021-07-04T12:30:00")


def test_later_frames_that_are_damaged_cost_nothing(tmp_path: Path) -> None:
    first = Image.new("RGB", SIZE, "teal")
    save(tmp_path / "a.webp", [first, picture()])
    content = bytearray((tmp_path / "a.webp").read_bytes())
    second = content.rindex(b"ANMF") + 24
    content[second + 10 : second + 60] = bytes(50)
    (tmp_path / "a.webp").write_bytes(content)
    assert distance(tmp_path / "a.webp", first) < 4
