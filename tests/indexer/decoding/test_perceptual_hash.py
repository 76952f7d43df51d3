"""Tests of indexer.decoding.perceptual_hash: what it tolerates, what it tells apart, and that frame.py carries it."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from indexer.decoding.decode import open_picture
from indexer.decoding.perceptual_hash import BYTES, DECODED, hash_of_file, perceptual_hash
from indexer.errors import PictureError
from indexer.store.store import Store
from search.duplicates.near import MOST_BITS
from tests.conftest import SAMPLES, MakePicture, run
from tests.fakes import ColourEncoder

PICTURES = ("car-red.jpg", "espresso.jpg", "teapot.webp", "guitar.jpg", "pizza.heic")


def bits(first: bytes, second: bytes) -> int:
    """Return how many bits differ."""
    return int(np.unpackbits(np.frombuffer(first, np.uint8) ^ np.frombuffer(second, np.uint8)).sum())


def sample(name: str) -> Image.Image:
    return open_picture(SAMPLES / name).image


def cut(image: Image.Image, left: float, right: float) -> Image.Image:
    return image.crop((round(image.width * left), 0, round(image.width * (1 - right)), image.height))


@pytest.mark.parametrize("name", PICTURES)
def test_it_bears_what_leaves_the_shot_the_same(name: str, tmp_path: Path) -> None:
    image = sample(name)
    before = perceptual_hash(image)
    image.save(tmp_path / "q30.jpg", quality=30)
    variants = {
        "quality": Image.open(tmp_path / "q30.jpg"),
        "small": image.resize((image.width // 4, image.height // 4)),
        "large": image.resize((image.width * 2, image.height * 2)),
        "bright": ImageEnhance.Brightness(image).enhance(1.1),
        "contrast": ImageEnhance.Contrast(image).enhance(0.75),
        "cropped": cut(image, 0.01, 0.01),
    }
    found = {variant: bits(before, perceptual_hash(changed)) for variant, changed in variants.items()}
    assert max(found.values()) <= MOST_BITS, found
    assert found["quality"] <= 10


@pytest.mark.parametrize("name", PICTURES)
def test_another_view_is_another_shot(name: str) -> None:
    image = sample(name)
    left, right = perceptual_hash(cut(image, 0, 0.15)), perceptual_hash(cut(image, 0.15, 0))
    assert bits(left, right) > MOST_BITS
    assert bits(perceptual_hash(image), perceptual_hash(ImageOps.mirror(image))) > MOST_BITS


def test_other_pictures_are_far_apart() -> None:
    hashes = [perceptual_hash(sample(name)) for name in PICTURES]
    assert min(bits(first, second) for first, second in itertools.combinations(hashes, 2)) > 80


def test_the_scale_of_decoding_changes_little() -> None:
    path = SAMPLES / "car-red.jpg"
    whole = perceptual_hash(open_picture(path).image)
    assert all(bits(whole, perceptual_hash(open_picture(path, side).image)) <= 6 for side in (64, 128, 224, 336))
    assert hash_of_file(path) == perceptual_hash(open_picture(path, DECODED).image)


def test_exif_turns_the_picture_first(tmp_path: Path) -> None:
    image = sample("guitar.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", exif=exif, quality=90)
    assert bits(hash_of_file(tmp_path / "turned.jpg"), perceptual_hash(image)) <= 8
    assert bits(perceptual_hash(image.transpose(Image.Transpose.ROTATE_90)), perceptual_hash(image)) > MOST_BITS


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (1600, 100), (40, 640)])
def test_any_size_has_a_hash(size: tuple[int, int]) -> None:
    assert len(perceptual_hash(Image.new("RGB", size, "teal"))) == BYTES


def test_what_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(PictureError):
        hash_of_file(tmp_path / "a.jpg")


def test_a_worker_loads_little_for_it() -> None:
    code = "import sys, indexer.engine.worker; print(*({'scipy', 'torch', 'faiss', 'PIL.ImageCms'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def test_a_query_that_folds_copies_loads_no_numpy_ma_for_it() -> None:
    """The hashes of plain greys are wanted by each query that finds copies."""
    code = "import sys; from indexer.decoding.perceptual_hash import blank_hashes; blank_hashes();"
    code += "print('numpy.ma' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize("workers", [0, 1])
def test_indexing_stores_it(
    store: Store, picture: MakePicture, photos: Path, encoder: ColourEncoder, workers: int
) -> None:
    sample("car-red.jpg").save(photos / "car.jpg")
    run(store, photos, encoder, workers=workers)
    (photos / "copy.jpg").write_bytes((photos / "car.jpg").read_bytes())
    run(store, photos, encoder)
    (photos / "copy.jpg").rename(photos / "moved.jpg")
    run(store, photos, encoder)
    stored = dict(store.db.execute("SELECT path, perceptual_hash FROM images").fetchall())
    assert sorted(stored) == ["car.jpg", "moved.jpg"]
    assert bits(stored["car.jpg"], hash_of_file(photos / "car.jpg")) <= 6
    assert stored["car.jpg"] == stored["moved.jpg"]
    sample("guitar.jpg").save(photos / "car.jpg")
    run(store, photos, encoder)
    (changed,) = store.db.execute("SELECT perceptual_hash FROM images WHERE path = 'car.jpg'").fetchone()
    assert bits(changed, hash_of_file(photos / "car.jpg")) <= 6
