"""Tests of search.duplicates.reduced: all frames and pages count, and every letter of a document."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from benchmarks.lookalikes import DOCUMENTS, fade_in
from search.duplicates.reduced import difference_of_files, reduced
from tests.conftest import SAMPLES

NAMES = ["car-red.jpg", "guitar.jpg", "espresso.jpg", "sofa.jpg", "oranges.jpg"]


def sample(name: str) -> Image.Image:
    with Image.open(SAMPLES / name) as image:
        return image.convert("RGB").resize((240, 180))


def save(path: Path, frames: list[Image.Image], **options: Any) -> Path:
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)
    return path


def compared(first: Path, second: Path) -> str | None:
    pictures = reduced(first, ""), reduced(second, "")
    assert pictures[0] and pictures[1]
    return difference_of_files(*pictures)


@pytest.mark.parametrize("suffix", ["gif", "png", "webp", "tif"])
def test_another_frame_makes_another_picture(suffix: str, tmp_path: Path) -> None:
    frames = [sample(name) for name in NAMES]
    whole = save(tmp_path / f"whole.{suffix}", frames)
    for number in range(1, 5):
        other = [*frames[:number], sample("padlock.jpg"), *frames[number + 1 :]]
        assert compared(whole, save(tmp_path / f"other{number}.{suffix}", other)) is None
        assert compared(whole, save(tmp_path / f"short{number}.{suffix}", frames[:number])) is None
    assert compared(whole, save(tmp_path / f"copy.{suffix}", [frame.copy() for frame in frames])) == "same"


def test_an_animation_in_another_format_is_the_same(tmp_path: Path) -> None:
    frames = [sample(name) for name in NAMES]
    png = save(tmp_path / "a.png", frames)
    small = save(tmp_path / "a.webp", [frame.resize((160, 120)) for frame in frames], quality=80)
    assert compared(png, small) == "same"


def test_animations_that_fade_in_are_told_apart(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"{number}.gif", fade_in(sample(name))) for number, name in enumerate(NAMES)]
    assert {compared(*pair) for pair in itertools.combinations(paths, 2)} == {None}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_one_layout_with_other_content(name: str, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(10)]
    for number, path in enumerate(paths):
        DOCUMENTS[name](number).save(path, quality=88)
    assert {compared(*pair) for pair in itertools.pairwise(paths)} == {None}
    DOCUMENTS[name](0).save(tmp_path / "again.jpg", quality=50)
    assert compared(paths[0], tmp_path / "again.jpg") == "same"


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    assert reduced(tmp_path / "a.jpg", "JPEG") is None and reduced(tmp_path / "gone.jpg", "JPEG") is None
