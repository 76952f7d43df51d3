"""Tests of indexer.packed_tower.int8."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch

from indexer.arrays import unit_rows
from indexer.packed_tower.int8 import (
    AT_ONCE,
    FLOOR,
    Int8Linear,
    QuantisedViT,
    activated,
    has_exact_products,
    quantised,
    signed,
)
from indexer.packed_tower.source import ACTIVATIONS
from indexer.packed_tower.vit import activation, packed
from tests.indexer.packed_tower.test_vit import MEAN, STD, own, pictures, tower

pytestmark = pytest.mark.skipif(not has_exact_products(), reason="this CPU has no VNNI")


def in_int8(visual: Any, dtype: torch.dtype = torch.float32) -> QuantisedViT:
    made = packed(visual, MEAN, STD, dtype)
    assert made is not None
    small = quantised(made)
    assert small is not None
    return small


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("quick_gelu", [False, True])
@pytest.mark.parametrize("size", [32, (48, 32)])
def test_it_stays_near_the_model(dtype: torch.dtype, quick_gelu: bool, size: Any) -> None:
    visual = tower(quick_gelu, image_size=size)
    batch = pictures(*(size if isinstance(size, tuple) else (size, size)))
    with torch.inference_mode():
        rows = unit_rows(in_int8(visual, dtype)(batch).numpy())
    assert (rows * unit_rows(own(visual, batch))).sum(axis=1).min() >= 0.999


def test_a_picture_does_not_change_anothers_embedding() -> None:
    small = in_int8(tower())
    loud = torch.zeros(2 * AT_ONCE + 1, 32, 32, 3, dtype=torch.uint8)
    loud[::2, ::2] = 255
    with torch.inference_mode():
        alone = small(pictures()[:1]).numpy()
        among = small(torch.cat([loud, pictures()[:1], loud])).numpy()[len(loud)]
    assert np.allclose(alone, among, atol=1e-5)


def test_channels_that_are_far_larger_than_the_others_do_not_spoil_it() -> None:
    visual = tower()
    for norm in (module for module in visual.modules() if isinstance(module, torch.nn.LayerNorm)):
        norm.weight[:2] *= 20
    with torch.inference_mode():
        rows = unit_rows(in_int8(visual)(pictures()).numpy())
    assert (rows * unit_rows(own(visual, pictures()))).sum(axis=1).min() >= 0.99


def test_rows_are_rounded_to_the_nearest_of_their_own_steps() -> None:
    x = torch.randn(50, 96, generator=torch.Generator().manual_seed(0)) * torch.logspace(-6, 6, 50)[:, None]
    rows = signed(x.clone())
    back = (rows.codes.int() - rows.zero) * rows.scales
    assert ((back - x).abs() <= 0.501 * x.abs().amax(1, keepdim=True) / 127).all()
    assert rows.codes.dtype == torch.uint8


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_what_an_activation_gives_uses_the_whole_range(name: str) -> None:
    x = activation(name)(torch.linspace(-8, 8, 4001).repeat(3, 1) * torch.tensor([[1.0], [0.3], [5.0]]))
    assert x.min() > -FLOOR
    rows = activated(x.clone())
    back = (rows.codes.int() - rows.zero) * rows.scales - FLOOR
    assert ((back - x).abs() <= 0.501 * (x.amax(1, keepdim=True) + FLOOR) / 255).all()
    assert rows.codes.amax() == 255


def test_rows_of_zeroes_stay_zero() -> None:
    rows = signed(torch.zeros(2, 8))
    assert (rows.codes == rows.zero).all() and torch.isfinite(rows.scales).all()


def test_products_are_those_of_integers() -> None:
    chance = np.random.default_rng(0)
    codes = chance.integers(0, 256, (40, 96), dtype=np.uint8)
    weight = chance.integers(-127, 128, (64, 96), dtype=np.int8)
    scale = torch.rand(64, generator=torch.Generator().manual_seed(0))
    layer = Int8Linear.of(torch.from_numpy(weight), scale, torch.zeros(64))
    expected = (codes.astype(np.int64) - 128) @ weight.astype(np.int64).T * scale.numpy()
    assert np.allclose(layer.product(torch.from_numpy(codes), 128).numpy(), expected, rtol=1e-5)


def test_a_cpu_that_saturates_is_found() -> None:
    script = "from indexer.packed_tower.int8 import has_exact_products; print(has_exact_products())"

    def answer(instructions: str) -> str:
        environment = os.environ | {"ONEDNN_MAX_CPU_ISA": instructions}
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment).stdout

    assert answer("AVX2") == "False\n"
    assert answer("DEFAULT") == "True\n"
