"""Exports that failed: remembered with the versions of the packages, so that they are not tried on every run."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from indexer.exported.folder import new_folder, read_json

FAILED = "failed.json"
PACKAGES = ("torch", "onnx", "onnxruntime", "tokenizers", "open_clip_torch", "transformers", "timm")


def has_failed(folder: Path, format: int, needs_load: bool) -> bool:
    """Return whether the export into a folder has failed for a reason that still holds.

    That the model could not be loaded (its weights are gone) counts only where it would be loaded again.
    """
    failed = read_json(folder / FAILED) or {}
    same = failed.get("versions") == versions() and failed.get("format") == format
    return bool(same and (failed.get("loaded") or needs_load))


def remember_failure(folder: Path, format: int, error: Exception, loaded: bool) -> None:
    """Record that an export into a folder failed, and with which versions."""
    record = {"format": format, "reason": f"{type(error).__name__}: {error}", "loaded": loaded, "versions": versions()}
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
