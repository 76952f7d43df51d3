"""The fastest way to encode many pictures on this machine, which needs torch."""

from __future__ import annotations

import ctypes.util
import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.models.cuda_tower import LANES

if TYPE_CHECKING:
    from indexer.image_tower.tower import About
    from indexer.library_model.ready import Way
    from indexer.models.encoder import Encoder


def fast_ways(about: About, load: Callable[[], Encoder] | None, precision: str, gpu: bool) -> Sequence[Way]:
    """Load the fastest way in "exact" or "int8" precision; with a GPU those are the model itself and its replicas.

    Raises FileNotFoundError if only the model itself would be faster and there is no `load`.
    """
    if load is None:
        raise FileNotFoundError("the model's weights are gone")
    return load().replicas()


def gpu_seats() -> int:
    """Return how many batches can be in flight on the GPUs that torch may find here, without importing it; 0 if none.

    That of a machine that turns out to have fewer, or none that torch can use, is too high, which does no harm.
    """
    if sys.platform == "darwin":
        return int(platform.machine() == "arm64")
    if sys.platform == "win32":
        return LANES if ctypes.util.find_library("nvcuda") is not None else 0
    cards = len(list(Path("/dev").glob("nvidia[0-9]*")))
    return LANES * (cards or any(map(os.path.exists, ("/dev/kfd", "/dev/dxg"))))
