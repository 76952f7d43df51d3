"""Tests of search.data_set_answers.torch_stream."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch.utils.data import DataLoader

import clipsearch
from indexer.data_sets.pictures_table import PicturesTable
from search.data_set_answers.torch_stream import StreamedPictures
from tests.data_sets import DESCRIPTION, rows_of, unit


def as_small_array(image: Any) -> np.ndarray[Any, Any]:
    return np.asarray(image.convert("RGB").resize((8, 8)))


def listed(batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return batch


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Four files of pictures."""
    samples = Path(__file__).parents[3] / "sample_images"
    names = ("cup-white.jpg", "umbrella.png", "sofa.jpg", "sailboat.webp")
    return [Path(shutil.copy(samples / name, tmp_path)) for name in names]


@pytest.fixture
def address(tmp_path: Path, pictures: list[Path]) -> str:
    """The address of a data set of them, with captions, and a video's moment that is left out."""
    from indexer.files.content import digest_of

    place = str(tmp_path / "library")
    names = [*map(str, pictures), str(tmp_path / "video.mp4")]
    hashes = [*(digest_of([path.read_bytes()]) for path in pictures), None]
    captions = ["a cup", None, None, None, None]
    moments = [None, None, None, None, 1000]
    rows = rows_of(names, unit(5), caption=captions, content_hash=hashes, at_ms=moments)
    PicturesTable.create(place, DESCRIPTION).commit([rows])
    return place


def test_each_picture_comes_once_with_what_is_known_of_it(address: str, pictures: list[Path]) -> None:
    with clipsearch.open_data_set(address) as data_set:
        items = list(data_set.torch_dataset())
    assert {item["address"] for item in items} == set(map(str, pictures))
    cup = next(item for item in items if item["address"].endswith("cup-white.jpg"))
    assert (cup["caption"], cup["image"].mode, tuple(cup["embedding"].shape)) == ("a cup", "RGB", (DESCRIPTION.dim,))
    assert abs(float(cup["embedding"].norm()) - 1) < 1e-3


def test_workers_share_the_pictures(address: str, pictures: list[Path]) -> None:
    with clipsearch.open_data_set(address) as data_set:
        stream = data_set.torch_dataset(transform=as_small_array, with_embeddings=False)
    loader = DataLoader(
        stream, batch_size=2, num_workers=2, collate_fn=listed, multiprocessing_context="spawn", timeout=300
    )
    items = [item for batch in loader for item in batch]
    assert sorted(item["address"] for item in items) == sorted(map(str, pictures))
    assert all(item["image"].shape == (8, 8, 3) and "embedding" not in item for item in items)


def test_one_version_is_read_whatever_comes_later(address: str, pictures: list[Path]) -> None:
    with clipsearch.open_data_set(address) as data_set:
        stream: StreamedPictures = pickle.loads(pickle.dumps(data_set.torch_dataset(folder=str(pictures[0].parent))))
    PicturesTable.open(address).delete("caption = 'a cup'")
    assert len(list(stream)) == len(pictures)


def test_a_picture_that_is_gone_or_another_one_raises_or_is_left_out(address: str, pictures: list[Path]) -> None:
    pictures[0].unlink()
    shutil.copy(pictures[2], pictures[1])
    with clipsearch.open_data_set(address) as data_set:
        assert {item["address"] for item in data_set.torch_dataset(unreadable="skip")} == set(map(str, pictures[2:]))
        with pytest.raises(clipsearch.PictureError, match=str(pictures[0].parent)):
            list(data_set.torch_dataset())


def test_what_makes_no_sense_is_refused(address: str) -> None:
    with clipsearch.open_data_set(address) as data_set:
        with pytest.raises(clipsearch.InvalidRequest, match="unreadable"):
            data_set.torch_dataset(unreadable="ignore")  # type: ignore[arg-type]
        with pytest.raises(clipsearch.InvalidRequest, match="transform"):
            data_set.torch_dataset(transform=int)
