"""What a packed tower is made of: the weights of open_clip's plain vision transformer under names of our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

FAILURES = (AttributeError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError)
# What a torch without the operators raises, and a tower that only looks like the plain one.
ACTIVATIONS = ("gelu", "gelu_tanh", "quick_gelu")


@dataclass(frozen=True, slots=True)
class Architecture:
    """What is to be known of a tower besides its weights."""

    height: int  # pixels of a picture
    width: int
    patch: int  # pixels of a patch, each way
    layers: int
    heads: int
    epsilon: float  # of every layer norm
    activation: str  # one of ACTIVATIONS


def plain_weights(
    visual: Any, mean: Sequence[float], std: Sequence[float]
) -> tuple[Architecture, dict[str, torch.Tensor]]:
    """Return what a PackedViT is made of; raises one of FAILURES for a tower of another kind."""
    import torch

    if type(visual).__name__ != "VisionTransformer" or type(visual).__module__ != "open_clip.transformer":
        raise NotImplementedError  # other options than the plain ones show in the names or when results are compared
    is_plain = visual.attn_pool is None and visual.pool_type == "tok" and not visual.final_ln_after_pool
    blocks = visual.transformer.resblocks
    if not is_plain or visual.proj is None or visual.conv1.bias is not None:
        raise NotImplementedError
    if not all(isinstance(scale, torch.nn.Identity) for block in blocks for scale in (block.ls_1, block.ls_2)):
        raise NotImplementedError
    kernel = visual.conv1.weight / torch.tensor(std).view(1, 3, 1, 1) / 255
    # Pixels enter as p - 128, which bf16 holds exactly; the rest of the normalisation is in the bias.
    weights = {
        "embed.weight": kernel.permute(0, 2, 3, 1).flatten(1),
        "embed.bias": (kernel * (128 - 255 * torch.tensor(mean)).view(1, 3, 1, 1)).sum((1, 2, 3)),
        "positions": visual.positional_embedding[1:],
        "token": visual.class_embedding + visual.positional_embedding[0],
        "projection": visual.proj,
        **_named("norm_before", visual.ln_pre),
        **_named("norm_after", visual.ln_post),
    }
    for number, block in enumerate(blocks):
        weights |= _of_block(block, f"blocks.{number}")
    height, width = visual.image_size
    heads, epsilon = blocks[0].attn.num_heads, blocks[0].ln_1.eps
    activation = _activation_name(blocks[0].mlp.gelu)
    return Architecture(height, width, kernel.shape[-1], len(blocks), heads, epsilon, activation), weights


def _of_block(block: Any, name: str) -> dict[str, torch.Tensor]:
    """Return the weights of a residual attention block."""
    weight, bias = block.attn.in_proj_weight, block.attn.in_proj_bias
    width = weight.shape[1]
    return {
        f"{name}.query.weight": weight[:width],
        f"{name}.query.bias": bias[:width],
        f"{name}.key_value.weight": weight[width:],
        f"{name}.key_value.bias": bias[width:],
        **_named(f"{name}.norm_1", block.ln_1),
        **_named(f"{name}.out", block.attn.out_proj),
        **_named(f"{name}.norm_2", block.ln_2),
        **_named(f"{name}.up", block.mlp.c_fc),
        **_named(f"{name}.down", block.mlp.c_proj),
    }


def _named(name: str, layer: Any) -> dict[str, torch.Tensor]:
    """Return the weight and bias of a layer under another name."""
    return {f"{name}.weight": layer.weight, f"{name}.bias": layer.bias}


def _activation_name(layer: Any) -> str:
    """Return how the activation is named in ACTIVATIONS."""
    if type(layer).__name__ == "QuickGELU":
        return "quick_gelu"
    return {"none": "gelu", "tanh": "gelu_tanh"}[layer.approximate]
