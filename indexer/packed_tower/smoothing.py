"""Weights of a tower changed so that int8 fits them better, by SmoothQuant: the same mathematics before it is rounded.

A few channels of activations are often far larger than the others, which are then rounded to little. Xiao et al.
("SmoothQuant", ICML 2023, arXiv 2211.10438) divide each channel by sqrt(its largest activation / its largest weight)
and multiply the weights with that. The division is folded into what comes before, the layer norm or the values of the
attention, so that it costs nothing. The activations are those of synthetic pictures, so that embeddings do not depend
on whose pictures came first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.packed_tower.layers import attention
from indexer.packed_tower.vit import Block

if TYPE_CHECKING:
    import torch

    from indexer.packed_tower.source import Architecture
    from indexer.packed_tower.vit import PackedViT

PICTURES = 4  # of each kind
LEAST = 1e-5  # of a factor


def smoothed(tower: PackedViT) -> dict[str, torch.Tensor]:
    """Return the weights of a packed tower that is not in int8, in float32."""
    weights = {name: weight.float() for name, weight in tower.plain()}
    x = tower.norm_before(tower.embedded(synthetic(tower.architecture)))
    for number, block in enumerate(tower.blocks):
        if not isinstance(block, Block):
            raise TypeError(f"a tower in {tower.precision}")
        peaks = _peaks(block, x)
        name = f"blocks.{number}"
        _fold(weights, peaks[0], f"{name}.norm_1", f"{name}.query", f"{name}.key_value")
        _fold_values(weights, peaks[1], name)
        _fold(weights, peaks[2], f"{name}.norm_2", f"{name}.up")
        x = block(x)
    return weights


def synthetic(architecture: Architecture) -> torch.Tensor:
    """Return pictures of noise and of soft blots, the same each time."""
    import torch

    generator = torch.Generator().manual_seed(1)
    size = (architecture.height, architecture.width)
    noise = torch.rand(PICTURES, 3, *size, generator=generator)
    blots = torch.rand(PICTURES, 3, 6, 6, generator=generator)
    soft = torch.nn.functional.interpolate(blots, size=size, mode="bicubic")
    pixels = torch.cat([noise, 0.9 * soft + 0.1 * noise]).clamp_(0, 1).mul_(255)
    return pixels.permute(0, 2, 3, 1).to(torch.uint8).contiguous()


def _peaks(block: Block, x: torch.Tensor) -> list[torch.Tensor]:
    """Return the largest activation of each channel that enters the attention, its last product, and the MLP."""
    normed = block.norm_1(x)
    key, value = block.key_value(normed).chunk(2, dim=-1)
    mixed = attention(block.query(normed), key, value, block.heads)
    after = block.norm_2(block.out.added_to(x, mixed))
    return [values.float().abs().amax((0, 1)) for values in (normed, mixed, after)]


def _factors(peaks: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
    """Return what each channel is divided by."""
    import torch

    largest = torch.stack([weight.abs().amax(0) for weight in weights]).amax(0)
    return (peaks.clamp_min(LEAST) / largest.clamp_min(LEAST)).sqrt_().clamp_min_(LEAST)


def _fold(weights: dict[str, torch.Tensor], peaks: torch.Tensor, norm: str, *linears: str) -> None:
    """Divide the channels of a layer norm, and multiply those of the layers after it."""
    factors = _factors(peaks, *(weights[f"{linear}.weight"] for linear in linears))
    for part in ("weight", "bias"):
        weights[f"{norm}.{part}"] = weights[f"{norm}.{part}"] / factors
    for linear in linears:
        weights[f"{linear}.weight"] = weights[f"{linear}.weight"] * factors


def _fold_values(weights: dict[str, torch.Tensor], peaks: torch.Tensor, block: str) -> None:
    """Divide the values of an attention, and multiply the channels of its last layer."""
    import torch

    factors = _factors(peaks, weights[f"{block}.out.weight"])
    both = torch.cat([torch.ones_like(factors), factors])  # keys stay
    weights[f"{block}.key_value.weight"] = weights[f"{block}.key_value.weight"] / both[:, None]
    weights[f"{block}.key_value.bias"] = weights[f"{block}.key_value.bias"] / both
    weights[f"{block}.out.weight"] = weights[f"{block}.out.weight"] * factors
