"""Exports that failed: remembered with the versions of the packages, so that they are not tried on every run."""

from __future__ import annotations

import contextlib
import functools
import json
import shutil
import time
from pathlib import Path
from typing import Any

from indexer.exported.folder import new_folder, read_json

FAILED = "failed.json"
ENOUGH_BYTES = 4 * 2**30
PASSING_SECONDS = 86400.0  # after which an export is tried again that failed for want of disk space or memory
PACKAGES = ("torch", "onnx", "onnxruntime", "tokenizers", "open_clip_torch", "transformers", "timm")


def has_failed(folder: Path, format: int, needs_load: bool) -> bool:
    """Return whether the export into a folder has failed for a reason that still holds.

    That the model could not be loaded (its weights are gone) counts only where it would be loaded again.
    """
    failed = read_json(folder / FAILED)
    if not failed:
        return False
    same = failed.get("versions") == versions() and failed.get("format") == format
    again = failed.get("again")
    if isinstance(again, float) and not time.time() < again <= time.time() + PASSING_SECONDS:
        return False
    return bool(same and (failed.get("loaded") or needs_load))


def remember_failure(folder: Path, format: int, error: Exception, loaded: bool) -> None:
    """Record that an export into a folder failed, and with which versions."""
    record: dict[str, Any] = {"format": format, "reason": f"{type(error).__name__}: {error}", "loaded": loaded}
    record["versions"] = versions()
    if isinstance(error, (OSError, MemoryError)) or not _has_space(folder):  # onnxruntime says that in its own way
        record["again"] = time.time() + PASSING_SECONDS
    with contextlib.suppress(OSError), new_folder(folder) as new:
        (new / FAILED).write_text(json.dumps(record, indent=1), encoding="utf-8")


def _has_space(folder: Path) -> bool:
    """Return whether there is room for an export of most models."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder.parent).free >= ENOUGH_BYTES
    return False


@functools.cache  # each takes 7 ms to find out, and what this process has imported stays
def versions() -> dict[str, str]:
    """Return the versions of the packages that an export depends on."""
    import importlib.metadata

    found = {}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found
