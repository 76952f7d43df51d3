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
from indexer.models.packed_source import ACTIVATIONS, Architecture
from indexer.models.packed_vit import PackedViT

if TYPE_CHECKING:
    import torch

FORMAT = "clipsearch packed tower 1"
Shapes = dict[str, tuple[int, ...]]


def write_packed(tower: PackedViT, file: Path) -> None:
    """Write a packed tower, whole or not at all; raises OSError."""
    import torch
    from safetensors.torch import save

    metadata = {
        "format": FORMAT,
        "precision": str(tower.dtype).removeprefix("torch."),
        "architecture": json.dumps(dataclasses.asdict(tower.architecture)),
    }
    with torch.inference_mode():
        content = save({name: weight.contiguous() for name, weight in tower.plain()}, metadata)
    with written_whole(file) as part:
        part.write_bytes(content)


def read_packed(file: Path) -> PackedViT:
    """Return the tower of a file that `write_packed` wrote.

    Raises ValueError if it is damaged, cut or something else, OSError if it can't be read. Damage inside the weights
    goes unseen: whoever keeps the file keeps its hash too.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="pt") as opened:
            architecture, dtype = _described(opened.metadata() or {})
            expected = _shapes(architecture, opened)
            if {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()} != expected:  # noqa: SIM118
                raise ValueError("its weights do not fit its architecture")
        with torch.inference_mode():
            return PackedViT(architecture, lambda name: _weight(file, name), dtype)
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{file.name} holds no packed tower: {error}") from error


def _weight(file: Path, name: str) -> torch.Tensor:
    """Return a weight. Each is mapped by itself, since what was read of a mapping counts as memory until it ends."""
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        weight: torch.Tensor = opened.get_tensor(name)
    return weight if name.endswith(".weight") and weight.ndim == 2 else weight.clone()  # the others are not packed


def _described(metadata: dict[str, str]) -> tuple[Architecture, torch.dtype]:
    """Return what the metadata say; raises KeyError, TypeError or ValueError."""
    import torch

    if metadata.get("format") != FORMAT:
        raise ValueError("it is of another format")
    values: dict[str, Any] = json.loads(metadata["architecture"])
    architecture = Architecture(**values)
    numbers = (getattr(architecture, name) for name in ("height", "width", "patch", "layers", "heads"))
    if not all(isinstance(number, int) and number > 0 for number in numbers):
        raise ValueError("its architecture is none")
    if architecture.activation not in ACTIVATIONS:
        raise ValueError(f"it has an unknown activation, {architecture.activation}")
    return architecture, {"float32": torch.float32, "bfloat16": torch.bfloat16}[metadata["precision"]]


def _shapes(architecture: Architecture, opened: Any) -> Shapes:
    """Return the shape that each weight must have, from the sizes of three."""
    width, dim = opened.get_slice("projection").get_shape()
    inner = opened.get_slice("blocks.0.up.bias").get_shape()[0]
    patches = (architecture.height // architecture.patch) * (architecture.width // architecture.patch)
    if width % architecture.heads:
        raise ValueError("its width is not a multiple of its heads")
    shapes: Shapes = {"positions": (patches, width), "token": (width,), "projection": (width, dim)}
    norms, linears = ["norm_before", "norm_after"], {"embed": (width, 3 * architecture.patch**2)}
    for number in range(architecture.layers):
        block = f"blocks.{number}"
        norms += [f"{block}.norm_1", f"{block}.norm_2"]
        linears |= {f"{block}.query": (width, width), f"{block}.key_value": (2 * width, width)}
        linears |= {f"{block}.out": (width, width), f"{block}.up": (inner, width), f"{block}.down": (width, inner)}
    shapes |= {f"{norm}.{part}": (width,) for norm in norms for part in ("weight", "bias")}
    shapes |= {f"{name}.weight": shape for name, shape in linears.items()}
    return shapes | {f"{name}.bias": shape[:1] for name, shape in linears.items()}
