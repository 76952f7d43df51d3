"""An open_clip vision transformer laid out for a CPU: the same mathematics in about four fifths of the time.

The gain (`benchmarks/encoding.py` measures it): weights are packed for oneDNN once instead of at every call; bias, GELU
and residual are part of the matrix product; normalising the pixels is part of the patch embedding; and the last block
computes the class token alone, since no other is used after it.

Knows one architecture, the plain ViT with a class token. `packed` returns None for any other, and where the result
differs from the model's own. `file.py` keeps one on disk, `int8.py` has one in int8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from indexer.arrays import unit_rows
from indexer.packed_tower.layers import Linear, Norm, attention
from indexer.packed_tower.source import FAILURES, Architecture, plain_weights

if TYPE_CHECKING:
    import torch

    from indexer.arrays import FloatArray
    from indexer.packed_tower.layers import Named, Weights

LEAST_COSINE = 0.999  # to the model in fp32, on noise; below it the packed tower is not used
PROBES = 2  # pictures
LINEARS = ("query", "key_value", "out", "up", "down")  # of a block
NORMS = ("norm_1", "norm_2")


def packed(visual: Any, mean: Sequence[float], std: Sequence[float], dtype: torch.dtype) -> PackedViT | None:
    """Return a vision tower in fp32 as a packed one, or None if it is of another kind or the result differs.

    `mean` and `std` are the normalisation of channels in 0..1. The packed tower takes uint8 pictures, shape
    (n, height, width, 3), and returns float32 features, shape (n, dim), not of unit length.
    """
    import torch

    try:
        with torch.inference_mode():
            architecture, weights = plain_weights(visual, mean, std)
            tower = PackedViT(architecture, weights.__getitem__, dtype)
            cosine = _least_cosine(tower, visual, mean, std)
    except FAILURES:
        return None
    return tower if cosine >= LEAST_COSINE else None


def _least_cosine(tower: PackedViT, visual: Any, mean: Sequence[float], std: Sequence[float]) -> float:
    """Return the least cosine between a packed tower's features of noise and the model's own."""
    import torch

    pixels = noise(tower.architecture, PROBES)
    scale, offset = (255 * torch.tensor(values).view(1, 3, 1, 1) for values in (std, mean))
    own: FloatArray = unit_rows(visual((pixels.permute(0, 3, 1, 2).float() - offset) / scale).numpy())
    return float((own * unit_rows(tower(pixels).numpy())).sum(axis=1).min())


def noise(architecture: Architecture, count: int) -> torch.Tensor:
    """Return the same random pictures each time, uint8, shape (count, height, width, 3)."""
    import torch

    generator = torch.Generator().manual_seed(0)
    shape = (count, architecture.height, architecture.width, 3)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def activation(name: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return one of ACTIVATIONS by its name. It may write its result into its input."""
    import torch

    if name == "quick_gelu":
        return lambda x: torch.sigmoid(1.702 * x).mul_(x)
    return lambda x: torch.ops.aten.gelu_(x, approximate="tanh" if name == "gelu_tanh" else "none")


class ResidualBlock(Protocol):
    """A block in any precision."""

    def __init__(self, weights: Weights, name: str, architecture: Architecture, dtype: torch.dtype) -> None:
        """Take the weights whose names begin with `name`."""

    def __call__(self, x: torch.Tensor, tokens: int | None = None) -> torch.Tensor:
        """Return the block's result for x (n, tokens, width), or only for the first `tokens` of them."""
        ...

    def plain(self, name: str) -> Named:
        """Yield the weights under their names."""
        ...


class Block:
    """One residual attention block."""

    def __init__(self, weights: Weights, name: str, architecture: Architecture, dtype: torch.dtype) -> None:
        self.heads, self.activation = architecture.heads, activation(architecture.activation)
        self.is_gelu = architecture.activation == "gelu"  # which is part of the product
        self.norm_1, self.norm_2 = (Norm(weights, f"{name}.{norm}", architecture.epsilon, dtype) for norm in NORMS)
        linears = (Linear(weights, f"{name}.{linear}", dtype) for linear in LINEARS)
        self.query, self.key_value, self.out, self.up, self.down = linears

    def __call__(self, x: torch.Tensor, tokens: int | None = None) -> torch.Tensor:
        """Return the block's result for x (n, tokens, width), or only for the first `tokens` of them."""
        import torch

        normed = self.norm_1(x)
        first = normed if tokens is None else normed[:, :tokens].contiguous()
        x = x if tokens is None else x[:, :tokens].contiguous()
        key, value = torch.chunk(self.key_value(normed), 2, dim=-1)
        x = self.out.added_to(x, attention(self.query(first), key, value, self.heads))
        normed = self.norm_2(x)
        inner = self.up(normed, "gelu") if self.is_gelu else self.activation(self.up(normed))
        return self.down.added_to(x, inner)

    def plain(self, name: str) -> Named:
        """Yield the weights under their names."""
        for part in (*NORMS, *LINEARS):
            yield from getattr(self, part).plain(f"{name}.{part}")


class PackedViT:
    """A plain vision transformer on the CPU. Use `packed` to get one that was checked."""

    block: type[ResidualBlock] = Block

    def __init__(self, architecture: Architecture, weights: Weights, dtype: torch.dtype) -> None:
        self.architecture, self.dtype = architecture, dtype
        self.embed = Linear(weights, "embed", dtype)
        self.positions, self.token = weights("positions").to(dtype), weights("token").to(dtype)
        self.norm_before, self.norm_after = (
            Norm(weights, name, architecture.epsilon, dtype) for name in ("norm_before", "norm_after")
        )
        names = (f"blocks.{number}" for number in range(architecture.layers))
        self.blocks = [self.block(weights, name, architecture, dtype) for name in names]
        self.projection = weights("projection").float()

    def __call__(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the features (n, dim), float32, of uint8 pictures (n, height, width, 3)."""
        x = self.norm_before(self.embedded(pictures))
        for block in self.blocks[:-1]:
            x = block(x)
        x = self.norm_after(self.blocks[-1](x, tokens=1)[:, 0].to(self.dtype))
        features: torch.Tensor = x.float() @ self.projection
        return features

    def embedded(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the class token and the patches, with their positions, shape (n, 1 + patches, width)."""
        import torch

        patch = self.architecture.patch
        n, height, width, _ = pictures.shape
        rows, columns = height // patch, width // patch
        patches = pictures.view(n, rows, patch, columns, patch * 3).transpose(2, 3)
        values = patches.reshape(n, rows * columns, -1).to(self.dtype).sub_(128)
        x = torch.empty(n, rows * columns + 1, len(self.token), dtype=self.dtype)
        x[:, 0] = self.token
        torch.add(self.embed(values), self.positions, out=x[:, 1:])
        return x

    @property
    def precision(self) -> str:
        """The precision of most of the products."""
        return str(self.dtype).removeprefix("torch.")

    def plain(self) -> Named:
        """Yield the weights as they were before they were packed."""
        yield from self.embed.plain("embed")
        yield from (("positions", self.positions), ("token", self.token), ("projection", self.projection))
        yield from self.norm_before.plain("norm_before")
        yield from self.norm_after.plain("norm_after")
        for number, block in enumerate(self.blocks):
            yield from block.plain(f"blocks.{number}")
