"""Tests of search.duplicates.groups: which pictures come as one group, and which is its best."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from benchmarks.lookalikes import DOCUMENTS, PATTERNS, burst, fade_in
from indexer.errors import InvalidRequest
from indexer.store.pictures import paths_of
from indexer.store.store import Store
from search.duplicates.groups import find_duplicates
from search.filters.filters import make_filters
from search.filters.passing import Passing
from search.library.library import Library
from tests.conftest import SAMPLES, run
from tests.fakes import ColourEncoder
from tests.search.duplicates.conftest import matches, names
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
    assert [match for _, match in matches(group)] == ["best", "identical", "same"]
    assert group.spare == group.pictures[1:]
    assert all(0.98 < (one.hit.score or 0) <= 1.0 for one in group.pictures)
    assert isinstance(group.pictures[2].bits, int) and 0 <= group.pictures[2].bits <= 20


def test_only_pictures_that_are_named_are_compared(library: Library, photos: Path, shot: Shot) -> None:
    for name, size in (("a.jpg", (640, 480)), ("b.jpg", (320, 240)), ("c.jpg", (160, 120))):
        shot(1, name, size)
    index(library, photos)
    ids = {path.name: image for image, path in paths_of(library.store, range(1, 5)).items()}
    some = Passing(np.array(sorted((ids["b.jpg"], ids["c.jpg"])), dtype=np.int64))
    assert names(find_duplicates(library, passing=some)) == [["b.jpg", "c.jpg"]]
    assert find_duplicates(library, passing=Passing(np.empty(0, np.int64))) == []


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
    for name in ("car-red.jpg", "cup-white.jpg", "teapot.webp", "guitar.jpg"):
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


def sample(name: str) -> Image.Image:
    with Image.open(SAMPLES / name) as image:
        return image.convert("RGB").resize((640, 480))


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_are_never_near_duplicates(name: str, library: Library, photos: Path) -> None:
    for number in range(6):
        PATTERNS[name](number).save(photos / f"{number}.png")
    (photos / "copy.png").write_bytes((photos / "3.png").read_bytes())
    index(library, photos)
    assert names(find_duplicates(library, threshold=0.0)) == [["3.png", "copy.png"]]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_one_layout_with_other_content_is_no_duplicate(name: str, library: Library, photos: Path) -> None:
    for number in range(5):
        DOCUMENTS[name](number).save(photos / f"{number}.jpg", quality=85)
    DOCUMENTS[name](4).save(photos / "again.jpg", quality=60)
    index(library, photos)
    assert names(find_duplicates(library, threshold=0.0)) == [["4.jpg", "again.jpg"]]


def test_bursts_within_one_second(library: Library, photos: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2021:07:04 12:30:00"
    for number in range(5):  # without fractions of the second: what they show must tell
        burst(sample("sofa.jpg"), number).save(photos / f"{number}.jpg", exif=exif, quality=92)
    for number in range(5):  # the same picture, at different fractions
        exif.get_ifd(0x8769)[0x9291] = f"{number * 97:03}"
        sample("espresso.jpg").save(photos / f"DSC_{number}.jpg", exif=exif, quality=80 + number)
    sample("espresso.jpg").resize((320, 240)).save(photos / "DSC_4 small.jpg", exif=exif)
    index(library, photos)
    assert names(find_duplicates(library, threshold=0.0)) == [["DSC_4.jpg", "DSC_4 small.jpg"]]


def test_animations_that_fade_in_and_scans_with_one_cover(library: Library, photos: Path) -> None:
    pictures = [sample(path.name).resize((160, 120)) for path in sorted(SAMPLES.glob("*.jpg"))[:5]]
    for number, picture in enumerate(pictures):
        frames = fade_in(picture)
        frames[0].save(photos / f"{number}.gif", save_all=True, append_images=frames[1:])
        pictures[0].save(photos / f"{number}.tif", save_all=True, append_images=[picture])
    (photos / "copy.gif").write_bytes((photos / "3.gif").read_bytes())
    index(library, photos)
    assert names(find_duplicates(library, threshold=0.0)) == [["3.gif", "copy.gif"]]


def test_white_drawings_on_transparency(library: Library, photos: Path) -> None:
    for number in range(8):
        mask = ImageOps.invert(DOCUMENTS["sheet music"](number).convert("L")).resize((300, 420))
        drawing = Image.new("RGBA", mask.size, "white")
        drawing.putalpha(mask)
        drawing.save(photos / f"{number}.png")
        if number == 7:
            drawing.save(photos / "small.webp", quality=90)
    index(library, photos)
    assert names(find_duplicates(library, threshold=0.0)) == [["7.png", "small.webp"]]


def test_only_what_is_the_same_can_be_spared(library: Library, photos: Path) -> None:
    original = sample("car-red.jpg")
    original.save(photos / "a.jpg", quality=95)
    edits = {
        "bw": ImageOps.grayscale(original),
        "sepia": ImageOps.colorize(ImageOps.grayscale(original), "#140a00", "#fff0c8"),
        "soft": Image.blend(original, Image.new("RGB", original.size, "grey"), 0.4),
        "crop": original.crop((14, 0, 640, 480)),
        "small": original.resize((320, 240)),
        "q40": original,
    }
    for name, edit in edits.items():
        edit.save(photos / f"{name}.jpg", quality=40 if name == "q40" else 90)
    index(library, photos)
    (group,) = find_duplicates(library, threshold=0.0)
    assert {name: match for name, match in matches(group) if match != "best"} == {
        "bw.jpg": "black and white",
        "sepia.jpg": "colours",
        "soft.jpg": "brightness",
        "crop.jpg": "cropped",
        "small.jpg": "same",
        "q40.jpg": "same",
    }
    assert group.best.path.name == "a.jpg"
    assert {picture.hit.path.name for picture in group.spare} == {"small.jpg", "q40.jpg"}


def test_a_picture_that_knows_its_date_is_not_spared_for_one_that_does_not(
    library: Library, photos: Path, shot: Shot
) -> None:
    shot(1, "large.jpg", (640, 480))
    shot(1, "small.jpg", taken="2021:07:04 12:00:00")
    shot(1, "smaller.jpg", (200, 150))
    index(library, photos)
    (group,) = find_duplicates(library)
    assert [match for _, match in matches(group)] == ["best", "same", "same"]
    assert [picture.hit.path.name for picture in group.spare] == ["smaller.jpg"]


def test_scores_are_never_above_one(library: Library, photos: Path, shot: Shot) -> None:
    for number in range(20):
        shot(number, f"{number}.jpg", (640, 480))
        shot(number, f"{number} small.jpg")
    index(library, photos)
    long = np.float16(np.sqrt(1 / 3)) * np.ones(3, np.float16) * np.float16(1.001)  # as half precision may round
    library.store.db.execute("UPDATE embeddings SET vector = ?", [long.tobytes()])
    with Library.with_encoder(library.store, ColourEncoder()) as reopened:
        groups = find_duplicates(reopened)
    assert len(groups) == 20
    assert max(picture.hit.score or 0 for group in groups for picture in group.pictures) == 1.0
