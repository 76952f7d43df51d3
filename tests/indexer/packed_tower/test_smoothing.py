"""Tests of indexer.packed_tower.smoothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from indexer.arrays import unit_rows
from indexer.packed_tower.int8 import QuantisedViT, has_exact_products, quantised
from indexer.packed_tower.smoothing import smoothed, synthetic
from indexer.packed_tower.vit import PackedViT, packed
from tests.indexer.packed_tower.test_vit import MEAN, STD, own, pictures, tower


def with_outliers() -> Any:
    """Return a tower of which a few channels are far larger than the others, as in trained ones."""
    visual = tower(layers=3)
    for norm in (module for module in visual.modules() if isinstance(module, torch.nn.LayerNorm)):
        norm.weight[:2] *= 40
    return visual


def in_fp32(visual: Any) -> PackedViT:
    made = packed(visual, MEAN, STD, torch.float32)
    assert made is not None
    return made


def test_it_is_the_same_mathematics() -> None:
    made = in_fp32(with_outliers())
    with torch.inference_mode():
        changed = PackedViT(made.architecture, smoothed(made).__getitem__, torch.float32)
        assert np.allclose(changed(pictures()).numpy(), made(pictures()).numpy(), atol=1e-3)
        before, after = dict(made.plain()), dict(changed.plain())
    assert not torch.equal(before["blocks.0.query.weight"], after["blocks.0.query.weight"])


@pytest.mark.skipif(not has_exact_products(), reason="this CPU has no VNNI")
def test_int8_is_nearer_to_the_model_with_it() -> None:
    visual = with_outliers()
    made = in_fp32(visual)
    with torch.inference_mode():
        without = QuantisedViT(made.architecture, dict(made.plain()).__getitem__, torch.float32)
        small = quantised(made)
        assert small is not None
        expected = unit_rows(own(visual, pictures()))
        losses = [1 - (unit_rows(one(pictures()).numpy()) * expected).sum(axis=1).min() for one in (without, small)]
    assert losses[1] < 0.6 * losses[0]


def test_a_tower_in_int8_is_refused() -> None:
    made = quantised(in_fp32(tower()))
    if made is not None:
        with pytest.raises(TypeError, match="int8"), torch.inference_mode():
            smoothed(made)


def test_the_synthetic_pictures_are_always_the_same() -> None:
    architecture = in_fp32(tower()).architecture
    assert torch.equal(synthetic(architecture), synthetic(architecture))
    assert synthetic(architecture).shape == (8, 32, 32, 3)
