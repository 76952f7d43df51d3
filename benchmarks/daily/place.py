"""Where the benchmarks work, and on what machine."""

from __future__ import annotations

import platform
import re
from pathlib import Path

import psutil

from benchmarks.daily.processes import CORES


def work_folder(folder: Path) -> Path:
    """Return the work folder, made if needed; never one with something else in it."""
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / "clipsearch-benchmark"
    if not marker.exists() and any(folder.iterdir()):
        raise SystemExit(f"{folder} holds other things: give another --work")
    marker.touch()
    return folder.resolve()


def machine() -> str:
    """Return what this machine is."""
    about = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.+)", about.read_text(encoding="utf-8")) if about.exists() else None
    memory = psutil.virtual_memory().total / 2**30
    return f"{CORES} cores, {model[1] if model else platform.machine()}, {memory:.0f} GiB, {platform.platform()}"
