"""Which device computes, and in which precision."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")


def pick_device(requested: str = "auto") -> torch.device:
    """Return the requested device, or for "auto" the fastest one here.

    The first call imports torch. Raises InvalidRequest if the device is unknown or this machine does not have it.
    """
    # Where decoders and others want the cores too, OpenMP's threads had better sleep than spin while they wait for each
    # other: 200 photos of 12 MP took 31 and 24 s on two busy cores, and 20 and 18 s so. Alone it makes no difference.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if requested == "auto":
        return torch.device(next(name for name in ("cuda", "mps", "cpu") if present[name]))
    if requested not in present:
        raise InvalidRequest(f"There is no device {requested!r}; choose one of {', '.join(DEVICES)}.")
    if not present[requested]:
        raise InvalidRequest(f"This machine has no {requested} device that torch can use; leave --device out.")
    return torch.device(requested)


def image_precision(device: torch.device) -> torch.dtype:
    """Return the precision for the image tower: fp16 on CUDA, bf16 on CPUs with bf16 units, else fp32.

    On a CPU with AVX-512 BF16 or AMX, bf16 weights make a ViT-B/32 several times faster than fp32
    (`benchmarks/encoding.py`); on one without, bf16 is emulated and slower.
    """
    import torch

    if device.type == "cuda":
        return torch.float16
    if device.type == "cpu" and cpu_has_bf16():
        return torch.bfloat16
    return torch.float32


def cpu_has_bf16() -> bool:
    """Return whether this CPU multiplies bf16 in hardware."""
    import torch

    if hasattr(torch.cpu, "get_capabilities"):
        capabilities = torch.cpu.get_capabilities()
        return any(bool(capabilities.get(name)) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # torch before 2.10
    return any(bool(getattr(torch.cpu, name)()) for name in probes if hasattr(torch.cpu, name))


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
