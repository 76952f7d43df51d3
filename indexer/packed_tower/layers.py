"""The layers of a vision transformer laid out for a CPU: with weights packed for oneDNN, and what follows included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    # Returns a weight by its name. Layers ask for each once, so that none need be kept beside its packed form.
    Weights = Callable[[str], torch.Tensor]
    Named = Iterator[tuple[str, torch.Tensor]]


class Linear:
    """A linear layer, its weight packed where torch can, that includes the operation after it."""

    def __init__(self, weights: Weights, name: str, dtype: torch.dtype) -> None:
        import torch

        self.weight = weights(f"{name}.weight").to(dtype).contiguous()
        self.bias = weights(f"{name}.bias").to(dtype).contiguous()
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

    def plain(self, name: str) -> Named:
        """Yield the weights as they were before they were packed."""
        yield f"{name}.weight", self.weight.to_dense() if self.is_packed else self.weight
        yield f"{name}.bias", self.bias


class Norm:
    """A layer norm."""

    def __init__(self, weights: Weights, name: str, epsilon: float, dtype: torch.dtype) -> None:
        self.weight, self.bias = (weights(f"{name}.{part}").to(dtype).contiguous() for part in ("weight", "bias"))
        self.epsilon = epsilon

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Return x with each row normalised."""
        import torch

        return torch.nn.functional.layer_norm(x, x.shape[-1:], self.weight, self.bias, self.epsilon)

    def plain(self, name: str) -> Named:
        """Yield the weights."""
        yield f"{name}.weight", self.weight
        yield f"{name}.bias", self.bias


def attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, heads: int) -> torch.Tensor:
    """Return softmax(QK' / sqrt(d)) V, shape (n, queries, width), of three of shape (n, tokens, width)."""
    import torch

    n, wanted, width = query.shape
    per_head = width // heads

    def by_head(x: torch.Tensor) -> torch.Tensor:
        return x.view(n, -1, heads, per_head).transpose(1, 2).reshape(n * heads, -1, per_head)

    nothing = torch.zeros(1, 1, 1, dtype=key.dtype)
    keys = by_head(key).transpose(1, 2)
    scores = torch.baddbmm(nothing, by_head(query), keys, beta=0, alpha=per_head**-0.5)
    mixed = torch.softmax(scores, dim=-1) @ by_head(value)
    return mixed.view(n, heads, wanted, per_head).transpose(1, 2).reshape(n, wanted, width)
