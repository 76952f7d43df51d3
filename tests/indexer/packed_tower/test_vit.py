"""Tests of indexer.packed_tower.vit against open_clip's own towers."""

from __future__ import annotations

from typing import Any

import numpy as np
import open_clip
import pytest
import torch

from indexer.arrays import unit_rows
from indexer.packed_tower.vit import packed

MEAN, STD = (0.48, 0.45, 0.40), (0.26, 0.25, 0.27)
VISION = {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8}
TEXT = {"context_length": 8, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1}


def tower(quick_gelu: bool = False, **vision: Any) -> Any:
    torch.manual_seed(0)
    model = open_clip.CLIP(24, {**VISION, **vision}, TEXT, quick_gelu=quick_gelu)
    visual = model.visual.eval().requires_grad_(False)
    for norm in (module for module in visual.modules() if isinstance(module, torch.nn.LayerNorm)):
        torch.nn.init.normal_(norm.weight, 1.0, 0.2)
        torch.nn.init.normal_(norm.bias, 0.0, 0.2)
    return visual


def own(visual: Any, pictures: torch.Tensor) -> np.ndarray:
    scale, offset = (255 * torch.tensor(values).view(1, 3, 1, 1) for values in (STD, MEAN))
    with torch.inference_mode():
        return np.asarray(visual((pictures.permute(0, 3, 1, 2).float() - offset) / scale).numpy())


def pictures(height: int = 32, width: int = 32) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(1).integers(0, 256, (5, height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize("quick_gelu", [False, True])
@pytest.mark.parametrize("size", [32, (48, 32)])
def test_it_is_the_same_mathematics(quick_gelu: bool, size: Any) -> None:
    visual = tower(quick_gelu, image_size=size)
    packed_tower = packed(visual, MEAN, STD, torch.float32)
    assert packed_tower is not None
    batch = pictures(*(size if isinstance(size, tuple) else (size, size)))
    with torch.inference_mode():
        assert np.allclose(packed_tower(batch).numpy(), own(visual, batch), atol=1e-4)


def test_bf16_stays_near_fp32() -> None:
    visual = tower()
    packed_tower = packed(visual, MEAN, STD, torch.bfloat16)
    assert packed_tower is not None
    with torch.inference_mode():
        rows = unit_rows(packed_tower(pictures()).numpy())
    assert (rows * unit_rows(own(visual, pictures()))).sum(axis=1).min() >= 0.995


@pytest.mark.parametrize(
    "vision",
    [
        {"pool_type": "avg"},
        {"attentional_pool": True},
        {"final_ln_after_pool": True, "pool_type": "avg"},
        {"no_ln_pre": True},
        {"ls_init_value": 0.5},
    ],
)
def test_a_tower_of_another_layout_is_left_as_it_is(vision: dict[str, Any]) -> None:
    assert packed(tower(**vision), MEAN, STD, torch.float32) is None


def test_a_tower_of_another_kind_is_left_as_it_is() -> None:
    assert packed(torch.nn.Linear(3, 3), MEAN, STD, torch.float32) is None
    assert packed(None, MEAN, STD, torch.float32) is None
