"""Exports the text tower of a library's model, once, after a run.

A failed export is remembered, with the versions of the packages, so that it is not tried again on every run. Nothing
here makes a run fail.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING

from indexer.paths import cache_folder
from indexer.store.models import active_model
from indexer.text_tower import tower as text_tower
from indexer.text_tower.export import export_tower, new_folder
from indexer.text_tower.tower import tower_folder

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder
    from indexer.store.models import StoredModel
    from indexer.store.store import Store

FAILED = "failed.json"
PACKAGES = ("torch", "onnx", "onnxruntime", "tokenizers", "open_clip_torch", "transformers")


def prepare_texts(
    store: Store,
    loaded: Encoder | None,
    load: Callable[[StoredModel], Encoder] | None,
    tell: Callable[[str], None],
    stopping: Callable[[], bool],
) -> None:
    """Export the active model's text tower if it has none and no export has failed; never raises an Exception.

    `loaded` is the model that a run has loaded, if any; else `load` loads the active one, if given. `tell` gets a line
    if there is something to do.
    """
    active = active_model(store)
    if active is None or stopping():
        return
    encoder = loaded if loaded is not None and loaded.fingerprint == active.fingerprint else None
    if (encoder is None and load is None) or _is_settled(active.fingerprint, encoder is None) or not _can_keep():
        return
    try:
        if encoder is None:
            assert load is not None
            encoder = load(active)
        export_tower(encoder, tell, stopping)
    except Exception as error:
        # torch, onnx and onnxruntime raise many kinds; without a tower a query loads the model.
        if not stopping():
            _remember_failure(active.fingerprint, error, encoder is not None)


def _is_settled(fingerprint: str, needs_load: bool) -> bool:
    """Return whether a model has a text tower, or has none for a reason that still holds.

    That it could not be loaded (its weights are gone) counts only where it would be loaded again.
    """
    folder = tower_folder(fingerprint)
    about = text_tower.read_about(folder)
    if about is not None:
        return about.fingerprint == fingerprint and text_tower.is_whole(folder, about)
    try:
        failed = json.loads((folder / FAILED).read_text(encoding="utf-8"))
        same = failed["versions"] == _versions() and failed["format"] == text_tower.FORMAT
        return bool(same and (failed["loaded"] or needs_load))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _can_keep() -> bool:
    """Return whether the cache folder can be written, so that no model is loaded in vain."""
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache_folder()):
            return True
    except OSError:
        return False


def _remember_failure(fingerprint: str, error: Exception, loaded: bool) -> None:
    """Record that a model's text tower could not be exported, and with which versions."""
    reason = f"{type(error).__name__}: {error}"
    record = {"format": text_tower.FORMAT, "reason": reason, "loaded": loaded, "versions": _versions()}
    with contextlib.suppress(OSError), new_folder(tower_folder(fingerprint)) as folder:
        (folder / FAILED).write_text(json.dumps(record, indent=1), encoding="utf-8")


def _versions() -> dict[str, str]:
    """Return the versions of the packages that an export depends on."""
    import importlib.metadata

    versions = {}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    return versions
