"""The fastest way to encode many pictures on this machine, which needs torch."""

from __future__ import annotations

import contextlib
import ctypes.util
import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from indexer.image_tower.packed_way import open_packed
from indexer.image_tower.tower import PACKED, PACKED_INT8
from indexer.models.cuda_tower import LANES
from indexer.models.device import pick_device

if TYPE_CHECKING:
    from indexer.arrays import FloatArray
    from indexer.image_tower.tower import About
    from indexer.models.encoder import Encoder
    from indexer.models.preprocess import Pixels


class Way(Protocol):
    """A way to encode pictures."""

    @property
    def precision(self) -> str:
        """What it computes in."""

    def encode_images(self, batch: Pixels) -> FloatArray:
        """Return unit rows (n, dim)."""


def fast_ways(about: About, load: Callable[[], Encoder] | None, precision: str, gpu: bool) -> Sequence[Way]:
    """Load the fastest way in "exact" or "int8" precision.

    With a GPU these are the model itself and its replicas; on a CPU a packed tower, if there is one that is intact.
    Raises FileNotFoundError if only the model itself would do and there is no `load`.
    """
    if not gpu or pick_device().type == "cpu":  # there is a card, but torch can't use it
        with contextlib.suppress(ValueError, OSError):
            if (name := packed_name(about, precision)) is not None:
                return [open_packed(about, name)]
    if load is None:
        raise FileNotFoundError("the model's weights are gone")
    return load().replicas()


def packed_name(about: About, precision: str) -> str | None:
    """Return the file of the fastest packed tower, None if there is none."""
    int8 = about.rates.get(PACKED_INT8, 0)
    if precision == "int8" and PACKED_INT8 in about.sizes and int8 > about.rates.get("model", 0):
        return PACKED_INT8
    return PACKED if PACKED in about.sizes else None


def rate_of_fast_way(about: About, precision: str) -> float:
    """Return how many pictures a second the fastest way encodes on a CPU; 0 if that was not measured."""
    return about.rates.get(PACKED_INT8 if packed_name(about, precision) == PACKED_INT8 else "model", 0)


def gpu_seats() -> int:
    """Return how many batches can be in flight on the GPUs that torch may find here, without importing it; 0 if none.

    It is too high where torch can use fewer of them; then some seats share one, or the packed tower.
    """
    if sys.platform == "darwin":
        return int(platform.machine() == "arm64")
    if sys.platform == "win32":
        return LANES if ctypes.util.find_library("nvcuda") is not None else 0
    cards = len(list(Path("/dev").glob("nvidia[0-9]*")))
    return LANES * (cards or any(map(os.path.exists, ("/dev/kfd", "/dev/dxg"))))
