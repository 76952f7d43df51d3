"""Tests of indexer.builtin_space.picture_network, with the real classifier on the sample images."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from indexer.arrays import FloatArray
from indexer.builtin_space.classes import class_texts
from indexer.builtin_space.colour_terms import COLOURS
from indexer.builtin_space.joined import SEEN, THINGS
from indexer.decoding.decode import open_picture
from indexer.models.builtin_encoder import BuiltinEncoder
from indexer.models.preprocess import Pixels
from tests.conftest import SAMPLES

SHOWN = {
    "apple-green.tif": "green",
    "bananas.jpg": "yellow",
    "car-blue.jpg": "blue",
    "car-red.jpg": "red",
    "cup-white.jpg": "white",
    "dumbbell.jpg": "black",
    "mug-blue.png": "blue",
    "oranges.jpg": "orange",
    "park-bench.jpg": "brown",
    "red-envelope.jpg": "red",
    "sailboat.webp": "white",
    "teapot.webp": "green",
    "umbrella.png": "red",
}


@pytest.fixture(scope="module")
def builtin() -> BuiltinEncoder:
    return BuiltinEncoder(torch.device("cpu"))


@pytest.fixture(scope="module")
def pixels(builtin: BuiltinEncoder) -> Pixels:
    smallest = builtin.preprocess.smallest
    return np.stack([builtin.preprocess(open_picture(SAMPLES / name, smallest).image) for name in SHOWN])


@pytest.fixture(scope="module")
def rows(builtin: BuiltinEncoder, pixels: Pixels) -> FloatArray:
    return builtin.encode_images(pixels)


def test_both_parts_are_as_long_for_every_picture(rows: FloatArray) -> None:
    assert np.allclose(np.linalg.norm(rows[:, :384], axis=1), THINGS, atol=1e-5)
    assert np.allclose(np.linalg.norm(rows[:, 384:], axis=1), SEEN, atol=1e-5)


def test_things_have_the_colours_that_one_sees(rows: FloatArray) -> None:
    found = [COLOURS[colour] for colour in rows[:, 384:].argmax(axis=1)]
    assert dict(zip(SHOWN, found, strict=True)) == SHOWN


def test_things_are_the_weighted_mean_of_the_best_classes(
    builtin: BuiltinEncoder, pixels: Pixels, rows: FloatArray
) -> None:
    """ConSE, computed straight from the classifier's logits."""
    with torch.inference_mode():
        values = torch.from_numpy(pixels[:1].transpose(0, 3, 1, 2) / np.float32(127.5) - 1)
        weights = (builtin._pictures.classifier(values) / 1.25).softmax(1)[0].numpy()
    best = np.argsort(-weights)[:50]
    classes = builtin._minilm.encode([class_texts()[one] for one in best])
    mean = weights[best] @ classes
    assert np.allclose(rows[0, :384], THINGS * mean / np.linalg.norm(mean), atol=1e-4)
