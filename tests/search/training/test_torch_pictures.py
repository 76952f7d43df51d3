"""Tests of search.training.torch_pictures, in the hands of torch's DataLoader."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

import clipsearch
from clipsearch import InvalidRequest, PictureError
from indexer.models import loading
from tests.conftest import MakePicture
from tests.fakes import ColourEncoder


def first_pixel(image: Image.Image) -> torch.Tensor:
    """Return the colour of a picture: a function of a module, so that it goes to other processes."""
    return torch.tensor(image.getpixel((0, 0)))


@pytest.fixture
def library(
    photos: Path, picture: MakePicture, tmp_path: Path, encoder: ColourEncoder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[clipsearch.Library]:
    """Two red pictures and a blue one, with labels."""
    monkeypatch.setattr(loading, "load_encoder", lambda *_: encoder)
    for name, colour in (("a/red.png", "red"), ("b/blue.png", "blue"), ("b/maroon.png", "red")):
        picture(name, colour)
    with clipsearch.open(tmp_path / "library") as opened:
        opened.index(photos, workers=0)
        list(opened.label(["red", "blue"], name="colours", other=False))
        yield opened


def test_items_have_picture_label_embedding_and_path(library: clipsearch.Library, photos: Path) -> None:
    data = library.torch_dataset(label_set="colours")
    assert isinstance(data, Dataset) and len(data) == 3
    assert (data.classes, data.class_to_idx, data.targets) == (["red", "blue"], {"red": 0, "blue": 1}, [0, 1, 0])
    item = data[1]
    assert (item["label"], item["path"]) == (1, str(photos / "b" / "blue.png"))
    assert item["image"].mode == "RGB" and item["image"].getpixel((0, 0)) == (0, 0, 255)
    assert item["embedding"].dtype == torch.float32 and torch.allclose(
        item["embedding"], torch.tensor([0.0, 0.0, 1.0]), atol=1e-3
    )
    plain = library.torch_dataset(with_embeddings=False)[0]
    assert set(plain) == {"image", "label", "path"} and plain["label"] == -1


def test_filters_and_labels_choose(library: clipsearch.Library, photos: Path) -> None:
    assert [path.name for path in library.torch_dataset(folder=photos / "b").paths] == ["blue.png", "maroon.png"]
    assert [path.name for path in library.torch_dataset(label="red").paths] == ["red.png", "maroon.png"]
    library.correct("colours", "blue", photos / "a" / "red.png")
    sure = library.torch_dataset(label_set="colours", threshold=1.0, labelled_only=True)
    assert [path.name for path in sure.paths] == ["red.png"] and sure.targets == [1]
    assert len(library.torch_dataset(named="nowhere")) == 0
    for bad in ({"unreadable": "nan"}, {"transform": 3}, {"threshold": 2}, {"label_set": "nonsense"}):
        with pytest.raises(InvalidRequest):
            library.torch_dataset(**bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_data_loader_makes_batches(library: clipsearch.Library, workers: int) -> None:
    data = library.torch_dataset(label_set="colours", transform=first_pixel)
    context = "spawn" if workers else None  # what is sent to the workers is pickled
    loader: DataLoader[Any] = DataLoader(data, batch_size=2, num_workers=workers, multiprocessing_context=context)
    first, second = list(loader)
    assert first["image"].tolist() == [[255, 0, 0], [0, 0, 255]] and second["image"].tolist() == [[255, 0, 0]]
    assert first["label"].tolist() == [0, 1] and first["embedding"].shape == (2, 3)
    assert [Path(path).name for path in first["path"]] == ["red.png", "blue.png"]


def test_what_cannot_be_read_raises_or_is_missing(library: clipsearch.Library, photos: Path) -> None:
    (photos / "b" / "blue.png").write_bytes(b"no picture")
    (photos / "b" / "maroon.png").unlink()
    with pytest.raises(PictureError, match=r"blue\.png"):
        list(DataLoader(library.torch_dataset(transform=first_pixel), batch_size=2))
    data = library.torch_dataset(label_set="colours", transform=first_pixel, unreadable="skip")
    (batch,) = DataLoader(data, batch_size=3)
    assert [Path(path).name for path in batch["path"]] == ["red.png"] and batch["label"].tolist() == [0]
    with pytest.raises(PictureError, match=r"maroon\.png: no such file"):
        data[2]
    with pytest.raises(PictureError):
        next(iter(DataLoader(data, batch_size=1, sampler=[1])))


def test_it_goes_to_other_processes_without_the_library(library: clipsearch.Library) -> None:
    data = pickle.loads(pickle.dumps(library.torch_dataset(label_set="colours")))
    library.close()
    assert data[0]["label"] == 0


def test_pictures_that_this_model_has_not_encoded_have_nan(library: clipsearch.Library) -> None:
    store = library._store
    store.db.execute("DELETE FROM embeddings WHERE image = (SELECT min(id) FROM images)")
    data = library.torch_dataset()
    assert data.embeddings is not None and sorted(np.isnan(data.embeddings).any(axis=1).tolist()) == [
        False,
        False,
        True,
    ]
