"""Tests of search.duplicates.enlargement: who has more pixels is not always the better one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from search.duplicates.enlargement import is_enlarged
from search.duplicates.groups import find_duplicates
from search.library.library import Library
from tests.conftest import SAMPLES
from tests.search.duplicates.conftest import matches
from tests.shots import index

NAMES = ["car-red.jpg", "car-blue.jpg", "guitar.jpg", "espresso.jpg", "park-bench.jpg", "lighthouse.jpg"]
NAMES += ["wine-bottle.jpg", "hourglass.jpg", "traffic-light.png", "padlock.jpg", "wall-clock.gif", "red-envelope.jpg"]


def saved(path: Path, name: str, factor: float = 1.0, quality: int = 90) -> Path:
    with Image.open(SAMPLES / name) as image:
        size = round(image.width * factor), round(image.height * factor)
        image.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(path, quality=quality)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_an_enlargement_shows_no_more(name: str, tmp_path: Path) -> None:
    original = saved(tmp_path / "original.jpg", name)
    assert is_enlarged(saved(tmp_path / "large.jpg", name, 2.0, quality=85), original)
    assert not is_enlarged(original, saved(tmp_path / "small.jpg", name, 0.5))
    assert not is_enlarged(original, saved(tmp_path / "tiny.jpg", name, 0.25))
    assert not is_enlarged(original, saved(tmp_path / "again.jpg", name, 1.0, quality=60))


def test_the_original_is_not_spared_for_its_enlargement(library: Library, photos: Path) -> None:
    saved(photos / "large.jpg", "car-red.jpg", 1.5)
    saved(photos / "original.jpg", "car-red.jpg")
    saved(photos / "small.jpg", "car-red.jpg", 0.4)
    index(library, photos)
    (group,) = find_duplicates(library)
    assert matches(group) == [("large.jpg", "best"), ("original.jpg", "as detailed"), ("small.jpg", "same")]
    assert [picture.hit.path.name for picture in group.spare] == ["small.jpg"]
