"""Exports that failed: remembered with the versions of the packages, so that they are not tried on every run."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

from indexer.exported.folder import new_folder, read_json
from indexer.paths import cache_folder

FAILED = "failed.json"
MORE_ROOM = 2**28  # bytes that must have come free before an export that found the disk full is tried again
PACKAGES = ("torch", "onnx", "onnxruntime", "tokenizers", "open_clip_torch", "transformers", "timm")


def has_failed(folder: Path, format: int, needs_load: bool) -> bool:
    """Return whether the export into a folder has failed for a reason that still holds.

    That the model could not be loaded (its weights are gone) counts only where it would be loaded again.
    """
    failed = read_json(folder / FAILED) or {}
    same = failed.get("versions") == versions() and failed.get("format") == format
    return bool(same and (failed.get("loaded") or needs_load) and not _has_more_room(failed.get("free")))


def _has_more_room(then: object) -> bool:
    """Return whether the disk has clearly more room than when an export failed on it."""
    return isinstance(then, int) and _free() > then + MORE_ROOM


def _free() -> int:
    """Return the free bytes where the cache folder is; 0 if that can't be told."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(cache_folder()).free
    return 0


def remember_failure(folder: Path, format: int, error: Exception, loaded: bool) -> None:
    """Record that an export into a folder failed, with which versions, and if the disk may be why, its room."""
    record = {"format": format, "reason": f"{type(error).__name__}: {error}", "loaded": loaded, "versions": versions()}
    if loaded and isinstance(error, OSError):
        record["free"] = _free()
    with contextlib.suppress(OSError), new_folder(folder) as new:
        (new / FAILED).write_text(json.dumps(record, indent=1), encoding="utf-8")


def versions() -> dict[str, str]:
    """Return the versions of the packages that an export depends on."""
    import importlib.metadata

    found = {}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found
