"""Which device computes, in which precision, with how many cores and in which memory."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from indexer.errors import InvalidRequest

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # glibc's malloc.h
LARGE = 2**30  # bytes, more than any block that an encoder allocates


def pick_device(requested: str = "auto") -> torch.device:
    """Return the requested device, or for "auto" the fastest one of this machine.

    The first call imports torch. Raises InvalidRequest if the device is unknown or this machine does not have it.
    """
    # Where decoders and others need the cores too, OpenMP's threads should sleep instead of spin while they wait for
    # each other: on two busy cores, 200 photos of 12 MP took 31 and 24 s spinning, 20 and 18 s sleeping. On an idle
    # machine it makes no difference.
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


def cpu_has_int8() -> bool:
    """Return whether this CPU multiplies int8 in hardware (VNNI or AMX), exactly, and torch has operators for it.

    With AMX bf16 is faster nevertheless (`benchmarks/RESULTS.md`): the scales of rows cost more than the products save.
    """
    import torch

    from indexer.packed_tower.int8 import has_exact_products

    if hasattr(torch.cpu, "get_capabilities"):
        capabilities = torch.cpu.get_capabilities()
        has_units = any(bool(capabilities.get(name)) for name in ("avx512_vnni", "avx_vnni", "amx_int8"))
    else:  # torch before 2.10
        probes = ("_is_avx512_vnni_supported", "_is_vnni_supported", "_is_amx_tile_supported")
        has_units = any(bool(getattr(torch.cpu, name)()) for name in probes if hasattr(torch.cpu, name))
    return has_units and has_exact_products()


def cpu_has_amx() -> bool:
    """Return whether this CPU multiplies tiles of bf16."""
    import torch

    if hasattr(torch.cpu, "get_capabilities"):
        return bool(torch.cpu.get_capabilities().get("amx_bf16"))
    probe = getattr(torch.cpu, "_is_amx_tile_supported", None)  # torch before 2.10
    return probe is not None and bool(probe())


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def keep_freed_memory() -> None:
    """Let glibc keep large freed blocks for the next batch; do nothing elsewhere.

    By default it returns them at once and gets them again page by page. On two idle cores that took more than half of
    the built-in model's time: 22 pictures/s, and 55 with this.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    with contextlib.suppress(OSError, AttributeError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(MMAP_THRESHOLD, LARGE)
        mallopt(TRIM_THRESHOLD, 2 * LARGE - 1)
        mallopt(ARENA_MAX, 1)  # only the main arena can hold blocks of any size
