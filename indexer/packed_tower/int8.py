"""A packed tower with matrix products in int8, for CPUs that have fast ones of those and none of bf16.

Weights have a scale for each output channel, activations one for each row, that is each token of each picture: so no
picture changes another's embedding. `smoothing.py` makes the weights fit beforehand. Norms, attention and residuals are
not quantised. The scales of rows can't be part of the product, so passes over its result follow, in place and for
few pictures at a time, so that they stay in the caches.

Activations are uint8 with 128 for zero: oneDNN has no fast product of int8 and int8 where there is no AMX.
An activation function's result is never below -FLOOR: as x + FLOOR it takes all of the uint8, which doubles its
resolution, and the product with FLOOR is a constant in the bias.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from indexer.packed_tower.layers import Norm, attention
from indexer.packed_tower.smoothing import smoothed
from indexer.packed_tower.source import FAILURES, Architecture
from indexer.packed_tower.vit import LINEARS, NORMS, PackedViT, activation

if TYPE_CHECKING:
    import torch

    from indexer.packed_tower.layers import Named, Weights

AT_ONCE = 16  # pictures
LARGEST = 127  # of an int8 that has a negative
MIDDLE = 128  # of a uint8
FLOOR = 0.171  # the least GELU is -0.17, both exact and with tanh; QuickGELU's is -0.164
TINY = 1e-12  # instead of the scale 0 of a row of zeroes
# Added to a float32, it leaves the nearest integer in the lowest bits. Rounding and converting takes twice as long.
MAGIC = 1.5 * 2**23


@cache
def has_exact_products() -> bool:
    """Return whether products of uint8 and int8 are exact here: without VNNI sums of two pairs saturate at 2^15."""
    import torch

    try:
        with torch.inference_mode():
            largest = torch.full((64, 256), LARGEST, dtype=torch.int8)
            product = Int8Linear.of(largest, torch.ones(64), torch.zeros(64)).product
            highest = product(torch.full((32, 256), 255, dtype=torch.uint8), 0)
            lowest = product(torch.full((32, 256), 1, dtype=torch.uint8), MIDDLE)
    except FAILURES:
        return False
    return bool((highest == 256 * 255 * LARGEST).all() and (lowest == -256 * LARGEST**2).all())


class Int8Linear:
    """A linear layer with int8 weights, packed for oneDNN."""

    def __init__(self, weights: Weights, name: str) -> None:
        weight = weights(f"{name}.weight")
        self.bias = weights(f"{name}.bias").float()
        if weight.is_floating_point():
            weight = weight.float()
            scale = weight.abs().amax(1).clamp_min_(TINY) / LARGEST
            self._pack((weight / scale[:, None]).round_().clamp_(-LARGEST, LARGEST).char(), scale)
        else:
            self._pack(weight, weights(f"{name}.scale"))

    @classmethod
    def of(cls, weight: torch.Tensor, scale: torch.Tensor, bias: torch.Tensor) -> Int8Linear:
        """Return a layer of an int8 weight (out, in), a scale (out) and a bias (out)."""
        return cls({"of.weight": weight, "of.scale": scale, "of.bias": bias}.__getitem__, "of")

    def _pack(self, weight: torch.Tensor, scale: torch.Tensor) -> None:
        """Keep int8 weights (out, in) with their scales."""
        import torch

        self.scale = scale
        self.zeroes = torch.zeros(len(scale), dtype=torch.int64)
        self.weight: torch.Tensor = torch.ops.onednn.qlinear_prepack(weight, None)

    def product(self, codes: torch.Tensor, zero: int) -> torch.Tensor:
        """Return the product with uint8 rows in which `zero` stands for 0, in float32, without scales and bias."""
        import torch

        result: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            codes, 1.0, zero, self.weight, self.scale, self.zeroes, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return result

    def __call__(self, rows: Rows) -> torch.Tensor:
        """Return the product plus the bias."""
        import torch

        product = self.product(rows.codes, rows.zero)
        return torch.addcmul(self.bias, product, rows.scales, out=product)

    def add_to(self, residual: torch.Tensor, rows: Rows) -> torch.Tensor:
        """Add the product, without the bias, to a tensor and return that."""
        return residual.addcmul_(self.product(rows.codes, rows.zero), rows.scales)

    def plain(self, name: str) -> Named:
        """Yield the weights as they were before they were packed."""
        yield f"{name}.weight", self.weight.to_dense().t()
        yield f"{name}.scale", self.scale
        yield f"{name}.bias", self.bias


class Int8Block:
    """One residual attention block, its residual in float32."""

    def __init__(self, weights: Weights, name: str, architecture: Architecture, dtype: torch.dtype) -> None:
        import torch

        self.heads, self.activation, self.dtype = architecture.heads, activation(architecture.activation), dtype
        epsilon = architecture.epsilon
        self.norm_1, self.norm_2 = (Norm(weights, f"{name}.{norm}", epsilon, torch.float32) for norm in NORMS)
        linears = (Int8Linear(weights, f"{name}.{linear}") for linear in LINEARS)
        self.query, self.key_value, self.out, self.up, self.down = linears
        ones = torch.ones(1, self.down.weight.shape[0], dtype=torch.uint8)
        self.bias = self.down.bias - FLOOR * self.down.product(ones, 0)[0]

    def __call__(self, x: torch.Tensor, tokens: int | None = None) -> torch.Tensor:
        """Return the block's result for x (n, tokens, width), or only for the first `tokens` of them."""
        x = x.float()
        rows = signed(self.norm_1(x))
        query = self.query(rows.first(tokens)).to(self.dtype)
        key, value = self.key_value(rows).to(self.dtype).chunk(2, dim=-1)
        rows = signed(attention(query, key, value, self.heads).float())
        x = self.out.add_to(x[:, :tokens] + self.out.bias, rows)
        rows = activated(self.activation(self.up(signed(self.norm_2(x)))))
        return self.down.add_to(x.add_(self.bias), rows)

    def plain(self, name: str) -> Named:
        """Yield the weights under their names."""
        for part in (*NORMS, *LINEARS):
            yield from getattr(self, part).plain(f"{name}.{part}")


class Rows(NamedTuple):
    """Rows as uint8. The largest of each is at the end of the range."""

    codes: torch.Tensor  # uint8 (..., width)
    scales: torch.Tensor  # float32 (..., 1), by which a row is to be multiplied
    zero: int  # the code of 0

    def first(self, tokens: int | None) -> Rows:
        """Return the first tokens of each picture."""
        if tokens is None:
            return self
        return Rows(self.codes[:, :tokens].contiguous(), self.scales[:, :tokens], self.zero)


def signed(x: torch.Tensor) -> Rows:
    """Return float32 rows in 255 steps; x is lost."""
    import torch

    largest = torch.maximum(x.amax(-1, keepdim=True), x.amin(-1, keepdim=True).neg_()).clamp_min_(TINY)
    return Rows(_rounded(x, LARGEST / largest, MIDDLE), largest / LARGEST, MIDDLE)


def activated(x: torch.Tensor) -> Rows:
    """Return float32 rows that are at least -FLOOR, plus FLOOR, in 256 steps; x is lost."""
    largest = x.add_(FLOOR).amax(-1, keepdim=True)
    return Rows(_rounded(x, 255 / largest, 0), largest / 255, 0)


def _rounded(x: torch.Tensor, factors: torch.Tensor, zero: int) -> torch.Tensor:
    """Return the rows times their factors, rounded, plus `zero`, as uint8; x is lost."""
    import torch

    # A row of MAGIC and not a single number, with which torch.addcmul takes twice as long. The lowest bytes are taken
    # as int8, since converting to uint8 takes twice as long too.
    integers = torch.addcmul(_magic(x.shape[-1], zero), x, factors, out=x).view(torch.int32)
    return integers.char().view(torch.uint8)


@cache
def _magic(width: int, zero: int) -> torch.Tensor:
    """Return a row of MAGIC + zero."""
    import torch

    return torch.full((width,), MAGIC + zero)


class QuantisedViT(PackedViT):
    """A PackedViT in int8. Use `quantised` to get one."""

    precision = "int8"
    block = Int8Block

    def __call__(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return the features (n, dim), float32, of uint8 pictures (n, height, width, 3)."""
        import torch

        starts = range(0, len(pictures), AT_ONCE)
        call = super().__call__
        return torch.cat([call(pictures[start : start + AT_ONCE]) for start in starts])


def quantised(tower: PackedViT) -> QuantisedViT | None:
    """Return a packed tower in int8, or None where this CPU or this torch has no exact products of int8."""
    import torch

    if not has_exact_products():
        return None
    with torch.inference_mode():
        weights = smoothed(tower)
        return QuantisedViT(tower.architecture, weights.pop, tower.dtype)
