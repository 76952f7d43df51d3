"""Tests of search.duplicates.groups: which pictures come as one group, and which is its best."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from indexer.errors import InvalidRequest
from indexer.store.store import Store
from search.duplicates.groups import find_duplicates
from search.filters.filters import make_filters
from search.library.library import Library
from tests.conftest import SAMPLES, run
from tests.search.duplicates.conftest import names
from tests.shots import Shot, index


def test_copies_and_near_copies_come_as_one_group(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "small.jpg", (160, 120))
    original = shot(1, "large.jpg", (640, 480))
    (photos / "sub").mkdir()
    (photos / "sub" / "large copy.jpg").write_bytes(original.read_bytes())
    shot(2, "other.jpg", (640, 480))
    index(library, photos)
    (group,) = find_duplicates(library)
    assert names([group]) == [["large.jpg", "large copy.jpg", "small.jpg"]]
    assert group.best.path == original
    assert [hit.path.name for hit in group.others] == ["large copy.jpg", "small.jpg"]
    assert [one.identical for one in group.pictures] == [False, True, False]
    assert [one.hit.score > 0.98 for one in group.pictures] == [True, True, True]
    assert isinstance(group.pictures[2].bits, int) and 0 <= group.pictures[2].bits <= 20


def test_exact_compares_bytes_alone(library: Library, photos: Path, shot: Shot) -> None:
    shot(1, "small.jpg", (160, 120))
    (photos / "copy.jpg").write_bytes(shot(1, "large.jpg").read_bytes())
    index(library, photos)
    assert names(find_duplicates(library, exact=True)) == [["copy.jpg", "large.jpg"]]


def test_the_copies_of_a_worse_picture_are_in_the_group_of_the_better(
    library: Library, photos: Path, shot: Shot
) -> None:
    (photos / "small copy.jpg").write_bytes(shot(1, "small.jpg", (160, 120)).read_bytes())
    shot(1, "large.jpg", (640, 480))
    index(library, photos)
    assert names(find_duplicates(library)) == [["large.jpg", "small.jpg", "small copy.jpg"]]


def test_only_among(library: Library, photos: Path, shot: Shot) -> None:
    for name in ("a/1.jpg", "a/2.jpg", "b/3.jpg"):
        (photos / name).parent.mkdir(exist_ok=True)
        (photos / name).write_bytes(shot(1, "x.jpg").read_bytes())
    shot(1, "b/4.jpg", (160, 120))
    (photos / "x.jpg").unlink()
    index(library, photos)
    assert names(find_duplicates(library, filters=make_filters(folder=photos / "a"))) == [["1.jpg", "2.jpg"]]
    assert names(find_duplicates(library, filters=make_filters(folder=photos / "b"))) == [["3.jpg", "4.jpg"]]


@pytest.mark.parametrize("threshold", [-0.1, 1.01, float("nan")])
def test_a_threshold_is_a_cosine(library: Library, threshold: float) -> None:
    with pytest.raises(InvalidRequest, match="between 0 and 1"):
        find_duplicates(library, threshold=threshold)


def test_a_library_without_pictures_has_no_duplicates(library: Library, photos: Path) -> None:
    library.store.db.execute("DELETE FROM images")
    assert find_duplicates(library) == []


def test_the_real_model_on_real_pictures(tmp_path: Path) -> None:
    from indexer.models.loading import load_encoder

    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("car-red.jpg", "car-blue.jpg", "cup-white.jpg", "teapot.webp", "guitar.jpg"):
        (photos / name).write_bytes((SAMPLES / name).read_bytes())
    with Image.open(photos / "car-red.jpg") as car:
        car.save(photos / "car-q40.jpg", quality=40)
        car.resize((512, 384)).save(photos / "car-small.webp")
        car.crop((160, 0, 1024, 768)).save(photos / "car-moved.jpg")
    with Image.open(photos / "guitar.jpg") as guitar:
        exif = Image.Exif()
        exif[0x0112] = 8
        guitar.transpose(Image.Transpose.ROTATE_270).save(photos / "guitar-turned.jpg", exif=exif)
        guitar.crop((6, 8, 594, 792)).save(photos / "guitar-cropped.png")
        guitar.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(photos / "guitar-mirrored.jpg")
    (photos / "teapot copy.webp").write_bytes((photos / "teapot.webp").read_bytes())
    with Store.create(tmp_path / "library") as store:
        run(store, photos, load_encoder("builtin", "cpu"))  # type: ignore[arg-type]
        with Library(store) as library:
            groups = find_duplicates(library)
    assert sorted(sorted(group) for group in names(groups)) == [
        ["car-q40.jpg", "car-red.jpg", "car-small.webp"],
        ["guitar-cropped.png", "guitar-turned.jpg", "guitar.jpg"],
        ["teapot copy.webp", "teapot.webp"],
    ]
    best = {group.best.path.name for group in groups}
    assert {"car-red.jpg", "teapot.webp"} < best and best & {"guitar.jpg", "guitar-turned.jpg"}
