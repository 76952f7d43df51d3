"""The fastest way to encode many pictures on this machine, which needs torch."""

from __future__ import annotations

import ctypes.util
import os
import platform
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from indexer.image_tower.tower import About

if TYPE_CHECKING:
    from indexer.library_model.ready import Way
    from indexer.models.encoder import Encoder


def fast_way(about: About, load: Callable[[], Encoder], precision: str, gpu: bool) -> Way:
    """Load the fastest way in "exact" or "int8" precision; on a `gpu` that is the model itself."""
    return load()


def gpu_seems_present() -> bool:
    """Return whether torch may find a GPU here, without importing it."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    if sys.platform == "win32":
        return ctypes.util.find_library("nvcuda") is not None
    return any(os.path.exists(device) for device in ("/dev/nvidia0", "/dev/kfd", "/dev/dxg"))
