"""Tests of indexer.models.builtin_encoder behind the protocol of encoder.py, with the real weights."""

from __future__ import annotations

import resource
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from timm.data import create_transform

from indexer.builtin_space.colour_terms import COLOURS
from indexer.models.builtin_encoder import BuiltinEncoder


@pytest.fixture(scope="module")
def builtin() -> BuiltinEncoder:
    return BuiltinEncoder(torch.device("cpu"))


def test_rows_are_unit_float32(builtin: BuiltinEncoder) -> None:
    pixels = np.stack([builtin.preprocess(Image.new("RGB", (400, 300), colour)) for colour in ("red", "black")])
    assert pixels.shape == (2, 260, 260, 3)
    for rows in (builtin.encode_images(pixels), builtin.encode_texts(["a cup", "a longer text about a red car"])):
        assert (rows.shape, rows.dtype) == ((2, 395), np.float32)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_preprocessing_is_efficientnets_own(builtin: BuiltinEncoder) -> None:
    half = (0.5, 0.5, 0.5)
    theirs = create_transform((3, 260, 260), interpolation="bicubic", crop_pct=0.89, mean=half, std=half)
    for size in ((400, 300), (301, 777)):
        picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8))
        ours = builtin.preprocess(picture).transpose(2, 0, 1) / 127.5 - 1
        assert np.allclose(ours, theirs(picture).numpy(), atol=1e-5)


def test_a_picture_means_the_same_in_any_batch(builtin: BuiltinEncoder) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (11, 260, 260, 3), dtype=np.uint8)
    together = builtin.encode_images(pixels)
    assert together.shape == (11, 395)
    assert np.allclose(
        together, np.concatenate([builtin.encode_images(pixels[at : at + 1]) for at in range(11)]), atol=1e-5
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of glibc")
def test_a_batch_is_encoded_in_the_memory_of_the_one_before(builtin: BuiltinEncoder) -> None:
    pixels = np.zeros((16, 260, 260, 3), np.uint8)

    def faults() -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        builtin.encode_images(pixels)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    assert min(faults() for _ in range(4)) < 10_000, "pages asked for anew; nearly 100,000 without keep_freed_memory()"


def test_texts_without_colours_are_minilm_alone(builtin: BuiltinEncoder) -> None:
    rows = builtin.encode_texts(["a cup on a table", "an orange"])
    assert not rows[:, 384:].any()
    assert np.allclose(rows[:, :384], builtin._minilm.encode(["a cup on a table", "an orange"]), atol=1e-6)


def test_other_words_of_a_text_are_embedded_without_its_colours(builtin: BuiltinEncoder) -> None:
    blue, car = builtin.encode_texts(["a photo of a blue car", "a photo of a car"])
    assert blue[:384] @ car[:384] == pytest.approx(float(np.linalg.norm(blue[:384])), abs=1e-5)
    assert blue[384:].argmax() == COLOURS.index("blue")
