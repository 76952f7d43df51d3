"""Tests of search.duplicates.reduced: all frames and pages count, and every letter of a document."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from benchmarks.lookalikes import DOCUMENTS, fade_in
from indexer.decoding import sequence
from search.duplicates import reduced as module
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
    paths = [tmp_path / f"{number}.jpg" for number in range(5)]
    for number, path in enumerate(paths):
        DOCUMENTS[name](number).save(path, quality=88)
    assert {compared(*pair) for pair in itertools.pairwise(paths)} == {None}
    DOCUMENTS[name](0).save(tmp_path / "again.jpg", quality=50)
    assert compared(paths[0], tmp_path / "again.jpg") == "same"


def page(number: int, change: str = "") -> Image.Image:
    image = DOCUMENTS["invoices"](number)
    ImageDraw.Draw(image).text((806, 300), change, fill="black", font_size=25)
    return image


def save_pages(path: Path, *pages: Image.Image) -> Path:
    return save(path, list(pages), compression="tiff_lzw")


CHANGES = ["Total 1234", "Total 1284", ""]


@pytest.mark.parametrize("changed", [0, 1])
def test_a_number_on_any_page_counts(changed: int, tmp_path: Path) -> None:
    back = page(9)
    paths = []
    for number, change in enumerate(CHANGES):
        pages = (page(1, change), back) if changed == 0 else (back, page(1, change))
        paths.append(save_pages(tmp_path / f"{number}.tif", *pages))
    assert {compared(*pair) for pair in itertools.pairwise(paths)} == {None}
    halves = [one.resize((930, 1316), Image.Resampling.LANCZOS) for one in pages]
    assert compared(paths[-1], save_pages(tmp_path / "again.tif", *halves)) == "same"


def test_each_of_many_frames_counts(tmp_path: Path) -> None:
    frames = [sample("guitar.jpg").resize((96, 72)) for _ in range(66)]
    for step, frame in enumerate(frames):
        ImageDraw.Draw(frame).rectangle((step, 20, step + 12, 32), fill="orange")
    whole = save(tmp_path / "whole.png", frames)
    for number in (5, 16, 27, 38, 49, 60):
        other = [*frames[:number], sample("padlock.jpg").resize((96, 72)), *frames[number + 1 :]]
        assert compared(whole, save(tmp_path / f"{number}.png", other)) is None
    assert compared(whole, save(tmp_path / "copy.webp", frames, quality=90)) == "same"


def test_more_frames_than_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "MOST_PAGES", 4)
    monkeypatch.setattr(module, "MOST_PAGES", 4)
    for count, kind in ((4, "same"), (5, None), (6, None)):
        frames = [sample(name) for name in [*NAMES, "padlock.jpg"][:count]]
        paths = [save(tmp_path / f"{count}.{suffix}", frames) for suffix in ("png", "gif")]
        assert compared(*paths) == kind


def test_all_pictures_of_a_heic_count(tmp_path: Path) -> None:
    frames = [sample(name) for name in NAMES[:3]]
    whole = save(tmp_path / "whole.heic", frames)
    for number in (1, 2):
        other = [*frames[:number], sample("padlock.jpg"), *frames[number + 1 :]]
        assert compared(whole, save(tmp_path / f"{number}.heic", other)) is None
    assert compared(whole, save(tmp_path / "copy.heic", frames, quality=60)) == "same"


def test_what_is_away_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample("sofa.jpg").save(tmp_path / "a.jpg")
    monkeypatch.setattr(module, "is_marked", lambda status: True)  # no file system here marks files
    assert reduced(tmp_path / "a.jpg", "JPEG") is None


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    assert reduced(tmp_path / "a.jpg", "JPEG") is None and reduced(tmp_path / "gone.jpg", "JPEG") is None
