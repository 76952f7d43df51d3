"""Tests of indexer.video.upright."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from indexer.decoding.decode import LARGEST_RATIO
from tests.indexer.video.writing import RED, SIZE, fails, read, scene, write


@pytest.mark.parametrize(
    ("turned", "corner"), [(90, (0, 150)), (-90, (90, 5)), (180, (150, 90)), (0, (5, 5)), (None, (5, 5))]
)
def test_rotation_is_applied(tmp_path: Path, turned: int | None, corner: tuple[int, int]) -> None:
    what, moments = read(write(tmp_path / "a.mp4", scene(RED, 1), turned=turned))
    size = SIZE[::-1] if turned in (90, -90) else SIZE
    assert (what.width, what.height) == moments[0].image.size == size
    assert min(moments[0].image.getpixel(corner)) > 200


def test_anamorphic_pixels_become_square(tmp_path: Path) -> None:
    what, moments = read(write(tmp_path / "a.mp4", scene(RED, 1), aspect=Fraction(4, 3)))
    assert (what.width, what.height) == moments[0].image.size == (213, 96)


def test_large_frames_are_reduced_to_twice_the_smallest(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", scene(RED, 0.5, size=(640, 400)), turned=90)
    what, moments = read(path, smallest=50)
    assert (what.width, what.height, moments[0].image.size) == (400, 640, (100, 160))
    assert read(path, smallest=224)[1][0].image.size == (400, 640)


def test_too_many_pixels(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert "more pixels" in fails(three.read_bytes())


def test_only_the_middle_of_a_thin_frame(tmp_path: Path) -> None:
    what, moments = read(write(tmp_path / "a.mp4", scene(RED, 0.5, size=(640, 16))))
    assert (what.width, what.height, moments[0].image.size) == (640, 16, (16 * LARGEST_RATIO, 16))
