"""Tests of search.duplicates.near: what makes two files the same shot."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from indexer.files.found import FoundFile
from search.duplicates import near
from search.duplicates.groups import find_duplicates
from search.duplicates.near import MOST_BITS, same_shot
from search.duplicates.ranking import Details
from search.library.library import Library
from tests.search.duplicates.conftest import names
from tests.shots import Shot, index


def test_a_shot_of_another_time_is_another_shot(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "first.jpg", (640, 480), taken="2021:07:04 12:00:00")
    shot(1, "next.jpg", (640, 480), taken="2021:07:04 12:00:01", quality=80)
    shot(1, "first small.jpg", taken="2021:07:04 12:00:00")
    index(library, photos)
    assert names(find_duplicates(library)) == [["first.jpg", "first small.jpg"]]


def test_a_picture_joins_the_nearest_of_two_shots(library: Library, photos: Path, shot: Shot) -> None:
    first = shot(1, "first.jpg", (640, 480), taken="2021:07:04 12:00:00")
    with Image.open(first) as image:
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = "2021:07:04 12:00:01"
        second = image.crop((8, 0, 640, 480)).resize((640, 480))
        second.save(photos / "second.jpg", exif=exif, quality=80)
        second.resize((320, 240)).save(photos / "small.jpg")
    index(library, photos)
    assert names(find_duplicates(library)) == [["second.jpg", "small.jpg"]]


def test_the_embedding_and_the_hash_must_both_agree(library: Library, photos: Path, shot: Shot) -> None:
    path = shot(1, "a.png")
    with Image.open(path) as image:
        red, green, blue = image.convert("RGB").split()
        Image.merge("RGB", (blue, green, red)).save(photos / "colours.png")  # to the fake model another colour
        image.transpose(Image.Transpose.ROTATE_180).save(photos / "turned.png")  # to it nearly the same
    index(library, photos)
    assert names(find_duplicates(library, threshold=0.9999)) == []
    turned = ImageEnhance.Brightness(Image.open(path)).enhance(0.95)
    turned.save(photos / "darker.png")
    index(library, photos)
    assert ["a.png", "darker.png"] in [sorted(group) for group in names(find_duplicates(library, threshold=0.9999))]
    assert all("turned.png" not in group for group in names(find_duplicates(library, threshold=0.0)))


def test_no_chain_leads_from_one_shot_to_another(library: Library, photos: Path, shot: Shot) -> None:
    wide = shot(3, "wide.png", (900, 600))
    with Image.open(wide) as image:
        for step in range(1, 6):
            image.crop((step * 15, 0, 900, 600)).resize((900 - step, 600)).save(photos / f"step{step}.png")
    index(library, photos)
    groups = find_duplicates(library)
    assert len(groups) >= 1
    for group in groups:
        assert max(one.bits for one in group.pictures) <= MOST_BITS
    together = next(group for group in names(groups) if "wide.png" in group)
    assert "step1.png" in together and "step5.png" not in together


def test_a_picture_without_an_embedding_is_compared_by_its_bytes(library: Library, photos: Path, shot: Shot) -> None:
    (photos / "copy.jpg").write_bytes(shot(1, "a.jpg", (640, 480)).read_bytes())
    shot(1, "small.jpg")
    index(library, photos)
    library.store.db.execute("DELETE FROM embeddings WHERE image IN (SELECT id FROM images WHERE path <> 'small.jpg')")
    assert names(find_duplicates(library)) == [["a.jpg", "copy.jpg"]]


def test_it_is_told_how_far_the_comparing_of_many_copies_is(
    library: Library, photos: Path, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near, "PREPARED_AT_ONCE", 2)
    for side in range(100, 800, 100):
        shot(1, f"{side}.jpg", (4 * side, 3 * side))
    index(library, photos)
    told: list[tuple[int, int]] = []
    (group,) = find_duplicates(library, progress=lambda *two: told.append(two))
    assert len(group.pictures) == 7
    assert told == sorted(told) and told[-1] == (8, 8) and len(told) > 3


def test_same_shot() -> None:
    def details(ratio: float, taken_at: str | None, taken_ms: int | None = None) -> Details:
        return Details(1, Path("x"), FoundFile("x", 1, 1), "JPEG", ratio, taken_at, taken_ms)

    one = details(1.5, "2021-07-04T12:30:00+02:00")
    assert same_shot(one, details(1.45, "2021-07-04T12:30:00"))
    assert same_shot(one, details(1.5, None))
    assert not same_shot(one, details(1.5, "2021-07-04T12:30:01+02:00"))
    assert not same_shot(one, details(4 / 3, None))
    exact = details(1.5, "2021-07-04T12:30:00", 120)
    assert same_shot(exact, details(1.5, "2021-07-04T12:30:00", 120))
    assert same_shot(exact, details(1.5, "2021-07-04T12:30:00")) and same_shot(exact, details(1.5, None, 320))
    assert not any(same_shot(exact, details(1.5, "2021-07-04T12:30:00", ms)) for ms in (0, 121, *range(200, 1000, 80)))
    assert not same_shot(one, details(1 / 1.5, None))
