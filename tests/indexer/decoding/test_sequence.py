"""Tests of indexer.decoding.sequence: how many frames or pages a file has, and what they show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.decoding.sequence import frames_at, sequence_length
from indexer.errors import PictureError
from tests.conftest import SAMPLES

COLOURS = ["red", "lime", "blue", "yellow", "teal"]


def save(path: Path, count: int = len(COLOURS)) -> Path:
    """Save frames or pages, each of a colour of its own, with a white stripe."""
    frames = [Image.new("RGB", (64, 48), colour) for colour in COLOURS[:count]]
    for frame in frames:
        frame.paste("white", (0, 0, 64, 8))
    frames[0].save(path, save_all=True, append_images=frames[1:])
    return path


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.avif", "a.tif"])
@pytest.mark.parametrize("count", range(1, 6))
def test_frames_and_pages(name: str, count: int, tmp_path: Path) -> None:
    path = save(tmp_path / name, count)
    assert sequence_length(path) == count
    means = [np.asarray(frame)[16:].mean(axis=(0, 1)) for frame in frames_at(path, range(count), 32)]
    wanted = [Image.new("RGB", (1, 1), colour).getpixel((0, 0)) for colour in COLOURS[:count]]
    assert np.abs(np.array(means) - np.array(wanted)).max() < 12


def test_some_of_them_no_larger_than_asked_for(tmp_path: Path) -> None:
    frames = list(frames_at(save(tmp_path / "a.webp"), [1, 4], 32))
    assert [frame.size for frame in frames] == [(32, 24), (32, 24)]


def test_thumbnail_pages_of_a_tiff_do_not_count(tmp_path: Path) -> None:
    page, thumbnail = Image.new("RGB", (64, 48), "red"), Image.new("RGB", (16, 12), "red")
    thumbnail.encoderinfo = {"tiffinfo": {254: 1}}  # type: ignore[attr-defined]
    page.save(tmp_path / "a.tif", save_all=True, append_images=[thumbnail])
    with Image.open(tmp_path / "a.tif") as image:
        assert getattr(image, "n_frames", 1) == 2
    assert sequence_length(tmp_path / "a.tif") in (1, 2)


def test_a_second_picture_in_a_jpeg_is_no_page(tmp_path: Path) -> None:
    frame = Image.new("RGB", (64, 48), "red")
    frame.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48), "blue")])
    assert sequence_length(tmp_path / "a.jpg") == 1
    assert sequence_length(SAMPLES / "pizza.heic") == 1


def test_more_frames_than_there_are(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="fewer"):
        list(frames_at(save(tmp_path / "a.gif"), [7], 32))
    (tmp_path / "b.gif").write_bytes(b"no picture")
    with pytest.raises(PictureError):
        sequence_length(tmp_path / "b.gif")
