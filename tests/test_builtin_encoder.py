"""Tests of indexer.builtin_encoder and indexer.builtin_weights, with the real weights."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from indexer import builtin_weights
from indexer.builtin_encoder import BuiltinEncoder, class_texts
from indexer.errors import BuiltinMissing


@pytest.fixture(scope="module")
def builtin() -> BuiltinEncoder:
    return BuiltinEncoder(torch.device("cpu"))


def test_rows_are_unit_float32(builtin: BuiltinEncoder) -> None:
    pixels = np.stack([builtin.preprocess(Image.new("RGB", (400, 300), colour)) for colour in ("red", "black")])
    assert pixels.shape == (2, 3, 260, 260)
    for rows in (builtin.encode_images(pixels), builtin.encode_texts(["a cup", "a longer text about a red car"])):
        assert (rows.shape, rows.dtype) == ((2, 384), np.float32)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_preprocessing_is_half_and_half(builtin: BuiltinEncoder) -> None:
    assert np.allclose(builtin.preprocess(Image.new("RGB", (300, 300), "white")), 1.0)
    assert np.allclose(builtin.preprocess(Image.new("RGB", (300, 300), "black")), -1.0)


def test_a_text_means_the_same_in_any_batch(builtin: BuiltinEncoder) -> None:
    alone = builtin.encode_texts(["cup"])
    together = builtin.encode_texts(["a very long text that makes the batch wide " * 5, "cup"])
    assert np.allclose(alone[0], together[1], atol=1e-5)


def test_texts_near_in_meaning_are_near(builtin: BuiltinEncoder) -> None:
    car, automobile, banana = builtin.encode_texts(["a car", "an automobile", "a banana"])
    assert car @ automobile > 0.7 > 0.5 > car @ banana


def test_a_picture_is_the_weighted_mean_of_its_classes(builtin: BuiltinEncoder) -> None:
    """ConSE, computed straight from the classifier's logits."""
    pixels = builtin.preprocess(Image.linear_gradient("L").convert("RGB"))[np.newaxis]
    found = builtin.encode_images(pixels)[0]
    with torch.inference_mode():
        weights = builtin._classifier(torch.from_numpy(pixels)).softmax(1)[0].numpy()
    mean = weights @ builtin.encode_texts(class_texts())
    assert np.allclose(found, mean / np.linalg.norm(mean), atol=1e-4)


def test_classes_are_names_with_definitions() -> None:
    texts = class_texts()
    assert len(texts) == 1000
    assert texts[549].startswith("envelope: a flat")


def test_damaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin_weights, "TEXT_SHA256", "0" * 64)
    with pytest.raises(BuiltinMissing, match=r"model.safetensors is not the expected one"):
        BuiltinEncoder(torch.device("cpu"))


def test_weights_are_found_without_importing_their_packages() -> None:
    code = (
        "import sys; from indexer.builtin_weights import locate; locate(); "
        "print(*[m for m in sys.modules if m.startswith(('efficientnet_lite2', 'gt_all', 'torch'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
