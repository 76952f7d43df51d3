"""Tests of indexer.image_tower.export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from indexer.builtin_space.colour_terms import COLOURS
from indexer.builtin_space.joined import SEEN
from indexer.exported.folder import NotExported
from indexer.image_tower import export
from indexer.image_tower import tower as image_tower
from indexer.image_tower.export import example_pixels, export_tower
from indexer.image_tower.tower import find_tower, open_tower, tower_folder
from indexer.models.builtin_encoder import BuiltinEncoder
from indexer.models.encoder import Encoder
from indexer.models.loading import load_encoder
from indexer.models.preprocess import Pixels
from tests.conftest import SAMPLES
from tests.indexer.image_tower.pictures import least_cosine, noise
from tests.indexer.models.tiny import TINY, local_dir

RESNET = {**TINY, "vision_cfg": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 16}}
SQUARE_NOT = {**TINY, "vision_cfg": {**TINY["vision_cfg"], "image_size": [32, 48]}}
SIGLIP_LIKE = {**TINY, "custom_text": True, "init_logit_bias": -10, "init_logit_scale": 2.0}


def test_both_precisions_are_the_model_itself(tiny: Encoder, pixels: Pixels) -> None:
    about = export_tower(tiny, pixels)
    assert about.least_cosines["fp32"] >= 0.999 and about.least_cosines["int8"] >= 0.99
    expected = tiny.encode_images(pixels)
    for precision, least in (("fp32", 0.999), ("int8", 0.99)):
        tower = open_tower(about, precision)
        assert tower is not None
        for count in (1, 2, 5):
            assert least_cosine(tower.encode_images(pixels[:count]), expected[:count]) >= least
    assert (about.dim, about.fingerprint, about.preprocessing) == (24, tiny.fingerprint, tiny.preprocess)
    assert (about.logit_scale, about.logit_bias) == (tiny.logit_scale, tiny.logit_bias)
    assert about.rates == {} and not about.optimise
    assert find_tower(tiny.fingerprint) == about


@pytest.mark.parametrize("config", [RESNET, SQUARE_NOT, SIGLIP_LIKE], ids=["resnet", "not square", "with a bias"])
def test_other_kinds_of_models(tmp_path: Path, own_cache: Path, config: dict[str, object]) -> None:
    encoder = load_encoder(f"local-dir:{local_dir(tmp_path / 'model', config)}", "cpu")
    pixels = noise(9, encoder.preprocess.shape)
    about = export_tower(encoder, pixels)
    tower = open_tower(about, "fp32", many=True)
    assert tower is not None
    assert least_cosine(tower.encode_images(pixels), encoder.encode_images(pixels)) >= 0.999
    assert about.logit_bias == encoder.logit_bias


def test_the_built_in_model_has_no_int8(own_cache: Path) -> None:
    from indexer.decoding.decode import open_picture

    encoder = BuiltinEncoder(torch.device("cpu"))
    pictures = [SAMPLES / name for name in ("bananas.jpg", "red-envelope.jpg")]
    pixels = np.stack([encoder.preprocess(open_picture(path, encoder.preprocess.smallest).image) for path in pictures])
    about = export_tower(encoder, pixels)
    assert list(about.least_cosines) == ["fp32"] and about.least_cosines["fp32"] > 0.9999 and about.optimise
    tower, things = open_tower(about, "fp32", many=True), encoder.dim - len(COLOURS)
    assert tower is not None
    ours, theirs = tower.encode_images(pixels)[:, things:], encoder.encode_images(pixels)[:, things:]
    assert (ours * theirs).sum(axis=1).min() > 0.9999 * SEEN**2, "their colours alone"
    assert sorted(path.name for path in tower_folder(about.fingerprint).iterdir()) == [
        "fp32.bin",
        "fp32.onnx",
        "tower.json",
    ]


def test_no_tower_that_comes_out_differently(
    tiny: Encoder, pixels: Pixels, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny, "encode_images", lambda batch: np.eye(24, dtype=np.float32)[: len(batch)])
    with pytest.raises(NotExported, match="differently"):
        export_tower(tiny, pixels)
    assert list(own_cache.iterdir()) == [] and find_tower(tiny.fingerprint) is None


def test_int8_that_differs_is_left_out(tiny: Encoder, pixels: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(export.LEAST_COSINES, "int8", 1.1)
    about = export_tower(tiny, pixels)
    assert list(about.least_cosines) == ["fp32"] and find_tower(tiny.fingerprint) is not None
    assert not (tower_folder(tiny.fingerprint) / "int8.bin").exists()
    assert open_tower(about, "int8") is None


def test_what_ends_an_export_leaves_nothing(
    tiny: Encoder, pixels: Pixels, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotExported, match="stopped"):
        export_tower(tiny, pixels, stopping=lambda: True)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(image_tower, "write_about", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_tower(tiny, pixels)
    assert list(own_cache.iterdir()) == []


def test_a_model_without_an_image_module(tiny: Encoder, pixels: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiny, "image_module", lambda: None)
    with pytest.raises(NotExported, match="can't be exported"):
        export_tower(tiny, pixels)


def test_example_pixels_differ() -> None:
    pixels = example_pixels((24, 32, 3), 3)
    assert pixels.shape == (3, 24, 32, 3) and pixels.dtype == np.uint8
    assert all(picture.std() > 10 for picture in pixels) and not np.array_equal(pixels[0], pixels[1])
