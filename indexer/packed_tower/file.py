"""A packed tower on disk, so that the next run needs neither open_clip nor the whole model.

The file is safetensors: weights in the run's precision, not yet packed, since oneDNN's layouts differ from CPU to CPU;
in its metadata a format number, the precision and the architecture. It is mapped, and each weight is packed before the
next is read, so that the weights are hardly ever in memory twice.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.files.whole import written_whole
from indexer.packed_tower.int8 import QuantisedViT, has_exact_products
from indexer.packed_tower.source import ACTIVATIONS, Architecture
from indexer.packed_tower.vit import LINEARS, NORMS, PackedViT

if TYPE_CHECKING:
    import torch

FORMAT = "clipsearch packed tower 1"
DTYPES = ("float32", "bfloat16")
Shapes = dict[str, tuple[int, ...]]


def write_packed(tower: PackedViT, file: Path) -> None:
    """Write a packed tower, whole or not at all; raises OSError."""
    import torch
    from safetensors.torch import save

    metadata = {
        "format": FORMAT,
        "precision": tower.precision,
        "dtype": str(tower.dtype).removeprefix("torch."),  # of what is not in int8
        "architecture": json.dumps(dataclasses.asdict(tower.architecture)),
    }
    with torch.inference_mode():
        content = save({name: weight.contiguous() for name, weight in tower.plain()}, metadata)
    with written_whole(file) as part:
        part.write_bytes(content)


def read_packed(file: Path) -> PackedViT:
    """Return the tower of a file that `write_packed` wrote.

    Raises OSError if it can't be read; ValueError if it is damaged, cut, something else, or in int8 where this CPU has
    none. Damage inside the weights goes unseen: whoever keeps the file keeps its hash too.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="pt") as opened:
            metadata = opened.metadata() or {}
            architecture = _architecture(metadata)
            kind, dtype = _kind(metadata)
            expected = _shapes(architecture, kind, opened)
            if {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()} != expected:  # noqa: SIM118
                raise ValueError("its weights do not fit its architecture")
        with torch.inference_mode():
            return kind(architecture, lambda name: _weight(file, name), dtype)
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{file.name} holds no packed tower: {error}") from error


def _weight(file: Path, name: str) -> torch.Tensor:
    """Return a weight. Each is mapped by itself, since what was read of a mapping counts as memory until it ends."""
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        weight: torch.Tensor = opened.get_tensor(name)
    return weight if name.endswith(".weight") and weight.ndim == 2 else weight.clone()  # the others are not packed


def _kind(metadata: dict[str, str]) -> tuple[type[PackedViT], torch.dtype]:
    """Return the class of the tower, and the precision of what is not in int8; raises KeyError or ValueError."""
    import torch

    precision, dtype = metadata["precision"], metadata["dtype"]
    if dtype not in DTYPES or precision not in (dtype, QuantisedViT.precision):
        raise ValueError("its precision is unknown")
    if precision == dtype:
        return PackedViT, getattr(torch, dtype)
    if not has_exact_products():
        raise ValueError("this CPU has no exact products in int8")
    return QuantisedViT, getattr(torch, dtype)


def _architecture(metadata: dict[str, str]) -> Architecture:
    """Return what the metadata say; raises KeyError, TypeError or ValueError."""
    if metadata.get("format") != FORMAT:
        raise ValueError("it is of another format")
    values: dict[str, Any] = json.loads(metadata["architecture"])
    architecture = Architecture(**values)
    numbers = (getattr(architecture, name) for name in ("height", "width", "patch", "layers", "heads"))
    if not all(isinstance(number, int) and number > 0 for number in numbers):
        raise ValueError("its architecture is none")
    if architecture.activation not in ACTIVATIONS:
        raise ValueError(f"it has an unknown activation, {architecture.activation}")
    return architecture


def _shapes(architecture: Architecture, kind: type[PackedViT], opened: Any) -> Shapes:
    """Return the shape that each weight must have, from the sizes of two."""
    width, dim = opened.get_slice("projection").get_shape()
    inner = opened.get_slice("blocks.0.up.bias").get_shape()[0]
    patch = architecture.patch
    if width % architecture.heads:
        raise ValueError("its width is not a multiple of its heads")
    patches = (architecture.height // patch) * (architecture.width // patch)
    shapes: Shapes = {"positions": (patches, width), "token": (width,), "projection": (width, dim)}
    shapes |= _of_linear("embed", (width, 3 * patch * patch), is_int8=False)
    norms = ["norm_before", "norm_after"]
    sizes = [(width, width), (2 * width, width), (width, width), (inner, width), (width, inner)]
    for number in range(architecture.layers):
        norms += [f"blocks.{number}.{norm}" for norm in NORMS]
        for name, size in zip(LINEARS, sizes, strict=True):
            shapes |= _of_linear(f"blocks.{number}.{name}", size, is_int8=kind is QuantisedViT)
    return shapes | {f"{norm}.{part}": (width,) for norm in norms for part in ("weight", "bias")}


def _of_linear(name: str, size: tuple[int, int], is_int8: bool) -> Shapes:
    """Return the shapes of a linear layer's weights."""
    rest = ("bias", "scale") if is_int8 else ("bias",)
    return {f"{name}.weight": size} | {f"{name}.{part}": size[:1] for part in rest}
