"""Tests of indexer.models.builtin_encoder behind the protocol of encoder.py, with the real weights."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from timm.data import create_transform

from indexer.models.builtin_encoder import BuiltinEncoder, class_texts, kept_classes


@pytest.fixture(scope="module")
def builtin() -> BuiltinEncoder:
    return BuiltinEncoder(torch.device("cpu"))


def test_rows_are_unit_float32(builtin: BuiltinEncoder) -> None:
    pixels = np.stack([builtin.preprocess(Image.new("RGB", (400, 300), colour)) for colour in ("red", "black")])
    assert pixels.shape == (2, 260, 260, 3)
    for rows in (builtin.encode_images(pixels), builtin.encode_texts(["a cup", "a longer text about a red car"])):
        assert (rows.shape, rows.dtype) == ((2, 384), np.float32)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_preprocessing_is_efficientnets_own(builtin: BuiltinEncoder) -> None:
    half = (0.5, 0.5, 0.5)
    theirs = create_transform((3, 260, 260), interpolation="bicubic", crop_pct=0.89, mean=half, std=half)
    for size in ((400, 300), (301, 777)):
        picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8))
        ours = builtin.preprocess(picture).transpose(2, 0, 1) / 127.5 - 1
        assert np.allclose(ours, theirs(picture).numpy(), atol=1e-5)


def test_class_embeddings_are_kept_and_a_damaged_file_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLIPSEARCH_CACHE", str(tmp_path))
    rows = np.zeros((1000, 384), np.float32)
    rows[:, 0] = 1
    assert np.array_equal(kept_classes("print", lambda: rows), rows)
    assert np.array_equal(kept_classes("print", lambda: pytest.fail("embedded again")), rows)
    (kept,) = tmp_path.glob("*.bin")
    for damage in (b"", kept.read_bytes()[:-100], kept.read_bytes().replace(b"\x80?", b"\0\0")):
        kept.write_bytes(damage)
        assert np.array_equal(kept_classes("print", lambda: rows), rows)
    content = bytearray(kept.read_bytes())
    content[1000] ^= 1  # hardly changes a length; before, it was not noticed
    kept.write_bytes(content)
    assert np.array_equal(kept_classes("print", lambda: rows), rows)


def test_a_picture_means_the_same_in_any_batch(builtin: BuiltinEncoder) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (11, 260, 260, 3), dtype=np.uint8)
    together = builtin.encode_images(pixels)
    assert together.shape == (11, 384)
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


def test_a_picture_is_the_weighted_mean_of_its_classes(builtin: BuiltinEncoder) -> None:
    """ConSE, computed straight from the classifier's logits."""
    pixels = np.stack([builtin.preprocess(Image.linear_gradient("L").convert("RGB"))])
    found = builtin.encode_images(pixels)[0]
    with torch.inference_mode():
        values = torch.from_numpy(pixels.transpose(0, 3, 1, 2) / np.float32(127.5) - 1)
        weights = builtin._classifier(values).softmax(1)[0].numpy()
    mean = weights @ builtin.encode_texts(class_texts())
    assert np.allclose(found, mean / np.linalg.norm(mean), atol=1e-4)


def test_classes_are_names_with_definitions() -> None:
    texts = class_texts()
    assert len(texts) == 1000
    assert texts[549].startswith("envelope: a flat")
