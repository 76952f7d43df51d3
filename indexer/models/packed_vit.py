"""An open_clip vision transformer laid out for a CPU: the same mathematics in about four fifths of the time.

The gain (`benchmarks/encoding.py` measures it): weights are packed for oneDNN once instead of at every call; bias, GELU
and residual are part of the matrix product; normalising the pixels is part of the patch embedding; and the last block
computes the class token alone, since no other is used after it.

Knows one architecture, the plain ViT with a class token. `packed` returns None for any other, and where the result
differs from the model's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from indexer.arrays import unit_rows

if TYPE_CHECKING:
    import torch

LEAST_COSINE = 0.999  # to the model in fp32, on noise; below it the packed tower is not used
PROBES = 2  # pictures


def packed(visual: Any, mean: Sequence[float], std: Sequence[float], dtype: torch.dtype) -> PackedViT | None:
    """Return a vision tower in fp32 as a packed one, or None if it is of another kind or the result differs.

    `mean` and `std` are the normalisation of channels in 0..1. The packed tower takes uint8 pictures, shape
    (n, height, width, 3), and returns float32 features, shape (n, dim), not of unit length.
    """
    import torch

    if not _is_plain_vit(visual):
        return None
    height, width = visual.image_size
    generator = torch.Generator().manual_seed(0)
    probes = torch.randint(0, 256, (PROBES, height, width, 3), dtype=torch.uint8, generator=generator)
    scale, offset = (255 * torch.tensor(values).view(1, 3, 1, 1) for values in (std, mean))
    try:
        with torch.inference_mode():
            tower = PackedViT(visual, mean, std, dtype)
            expected = unit_rows(visual((probes.permute(0, 3, 1, 2).float() - offset) / scale).numpy())
            actual = unit_rows(tower(probes).numpy())
    except (AttributeError, NotImplementedError, RuntimeError, TypeError, ValueError):
        return None  # a torch without these operators, or a tower that only looks like the plain one
    return tower if float((expected * actual).sum(axis=1).min()) >= LEAST_COSINE else None


def _is_plain_vit(visual: Any) -> bool:
    """Return whether a tower is open_clip's own ViT; the comparison shows whether its options matter."""
    return type(visual).__name__ == "VisionTransformer" and type(visual).__module__ == "open_clip.transformer"


class _Linear:
    """A linear layer, its weight packed for oneDNN where torch can, that includes the operation after it."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, dtype: torch.dtype) -> None:
        import torch

        self.weight, self.bias = weight.to(dtype).contiguous(), bias.to(dtype)
        self.is_packed = hasattr(torch.ops.mkldnn, "_reorder_linear_weight")  # not in a torch without oneDNN
        if self.is_packed:
            self.weight = torch.ops.mkldnn._reorder_linear_weight(self.weight)

    def __call__(self, x: torch.Tensor, then: str = "none") -> torch.Tensor:
        """Return the product; `then` may be "gelu"."""
        import torch

        if self.is_packed:
            result: torch.Tensor = torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, then, [], "none")
            return result
        product = torch.nn.functional.linear(x, self.weight, self.bias)
        return torch.nn.functional.gelu(product) if then == "gelu" else product

    def added_to(self, residual: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Return the product plus a residual."""
        import torch

        if self.is_packed:
            result: torch.Tensor = torch.ops.mkldnn._linear_pointwise.binary(x, residual, self.weight, self.bias, "add")
            return result
        return torch.nn.functional.linear(x, self.weight, self.bias).add_(residual)


class _Norm:
    """A layer norm."""

    def __init__(self, layer: Any, dtype: torch.dtype) -> None:
        self.weight, self.bias, self.epsilon = layer.weight.to(dtype), layer.bias.to(dtype), layer.eps

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        import torch

        return torch.nn.functional.layer_norm(x, x.shape[-1:], self.weight, self.bias, self.epsilon)


class _Block:
    """One residual attention block."""

    def __init__(self, block: Any, dtype: torch.dtype) -> None:
        import torch

        if not all(isinstance(scale, torch.nn.Identity) for scale in (block.ls_1, block.ls_2)):
            raise NotImplementedError
        attention = block.attn
        weight, bias = attention.in_proj_weight, attention.in_proj_bias
        width = weight.shape[1]
        self.heads: int = attention.num_heads
        self.norm_1, self.norm_2 = _Norm(block.ln_1, dtype), _Norm(block.ln_2, dtype)
        self.query = _Linear(weight[:width], bias[:width], dtype)
        self.key_value = _Linear(weight[width:], bias[width:], dtype)
        self.out = _Linear(attention.out_proj.weight, attention.out_proj.bias, dtype)
        self.up = _Linear(block.mlp.c_fc.weight, block.mlp.c_fc.bias, dtype)
        self.down = _Linear(block.mlp.c_proj.weight, block.mlp.c_proj.bias, dtype)
        self.activation = block.mlp.gelu
        self.is_gelu = isinstance(self.activation, torch.nn.GELU) and self.activation.approximate == "none"

    def __call__(self, x: torch.Tensor, tokens: int | None = None) -> torch.Tensor:
        """Return the block's result for x (n, tokens, width), or only for the first `tokens` of them."""
        normed = self.norm_1(x)
        first = normed if tokens is None else normed[:, :tokens].contiguous()
        x = x if tokens is None else x[:, :tokens].contiguous()
        x = self.out.added_to(x, self._attention(first, normed))
        normed = self.norm_2(x)
        inner = self.up(normed, "gelu") if self.is_gelu else self.activation(self.up(normed))
        return self.down.added_to(x, inner)

    def _attention(self, queries: torch.Tensor, all_: torch.Tensor) -> torch.Tensor:
        """Return softmax(QK' / sqrt(d)) V, shape (n, queries, width)."""
        import torch

        n, wanted, width = queries.shape
        per_head = width // self.heads

        def heads(x: torch.Tensor) -> torch.Tensor:
            return x.view(n, -1, self.heads, per_head).transpose(1, 2).reshape(n * self.heads, -1, per_head)

        key, value = (heads(half) for half in torch.chunk(self.key_value(all_), 2, dim=-1))
        nothing = torch.zeros(1, 1, 1, dtype=key.dtype)
        scores = torch.baddbmm(nothing, heads(self.query(queries)), key.transpose(1, 2), beta=0, alpha=per_head**-0.5)
        mixed = torch.softmax(scores, dim=-1) @ value
        return mixed.view(n, self.heads, wanted, per_head).transpose(1, 2).reshape(n, wanted, width)


class PackedViT:
    """A plain vision transformer on the CPU. Use `packed` to get one that was checked."""

    def __init__(self, visual: Any, mean: Sequence[float], std: Sequence[float], dtype: torch.dtype) -> None:
        import torch

        plain = visual.attn_pool is None and visual.pool_type == "tok" and not visual.final_ln_after_pool
        if not plain or visual.proj is None or visual.conv1.bias is not None:
            raise NotImplementedError
        kernel = visual.conv1.weight / torch.tensor(std).view(1, 3, 1, 1) / 255
        # Pixels enter as p - 128, which bf16 holds exactly; the rest of the normalisation is in the bias.
        bias = (kernel * (128 - 255 * torch.tensor(mean)).view(1, 3, 1, 1)).sum((1, 2, 3))
        self.patch: int = kernel.shape[-1]
        self.dtype = dtype
        self.embed = _Linear(kernel.permute(0, 2, 3, 1).flatten(1), bias, dtype)
        self.positions = visual.positional_embedding[1:].to(dtype)
        self.token = (visual.class_embedding + visual.positional_embedding[0]).to(dtype)
        self.norm_before, self.norm_after = _Norm(visual.ln_pre, dtype), _Norm(visual.ln_post, dtype)
        self.blocks = [_Block(block, dtype) for block in visual.transformer.resblocks]
        self.projection = visual.proj.float()

    def __call__(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the features (n, dim), float32, of uint8 pictures (n, height, width, 3)."""
        import torch

        n, height, width, _ = pictures.shape
        rows, columns = height // self.patch, width // self.patch
        patches = pictures.view(n, rows, self.patch, columns, self.patch * 3).transpose(2, 3)
        values = patches.reshape(n, rows * columns, -1).to(self.dtype).sub_(128)
        x = torch.empty(n, rows * columns + 1, len(self.token), dtype=self.dtype)
        x[:, 0] = self.token
        torch.add(self.embed(values), self.positions, out=x[:, 1:])
        x = self.norm_before(x)
        for block in self.blocks[:-1]:
            x = block(x)
        x = self.norm_after(self.blocks[-1](x, tokens=1)[:, 0])
        features: torch.Tensor = x.float() @ self.projection
        return features
