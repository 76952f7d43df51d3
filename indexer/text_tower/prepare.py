"""Exports the text tower of a library's model, once, after a run.

A failed export is remembered, with the versions of the packages, so that it is not tried again on every run. Nothing
here makes a run fail.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import ClipsearchError
from indexer.exported.failures import has_failed, remember_failure
from indexer.exported.folder import can_keep, is_noted_damaged, look_again
from indexer.store.models import active_model
from indexer.text_tower import tower as text_tower
from indexer.text_tower.export import export_tower
from indexer.text_tower.tower import tower_folder

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder
    from indexer.store.models import StoredModel
    from indexer.store.store import Store


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
    if (encoder is None and load is None) or not is_due(active.fingerprint, encoder is None):
        return
    try:
        if encoder is None:
            assert load is not None
            encoder = load(active)
        export_tower(encoder, tell, stopping)
    except Exception as error:
        # torch, onnx and onnxruntime raise many kinds; without a tower a query loads the model.
        if not stopping() and not _is_settled(active.fingerprint, True):  # else another process has made one meanwhile
            was_loaded = encoder is not None and not isinstance(error, ClipsearchError)
            remember_failure(tower_folder(active.fingerprint), text_tower.FORMAT, error, was_loaded)


def is_due(fingerprint: str, needs_load: bool) -> bool:
    """Return whether a model has no text tower, for no reason that still holds, and could be given one."""
    return not _is_settled(fingerprint, needs_load) and can_keep()


def _is_settled(fingerprint: str, needs_load: bool) -> bool:
    """Return whether a model has a text tower, or has none for a reason that still holds."""
    folder = tower_folder(fingerprint)
    about = text_tower.read_about(folder)
    if about is not None:
        folders = [folder, *([tower_folder(fingerprint, exact=True)] if about.has_exact else [])]
        return about.fingerprint == fingerprint and all(map(_is_whole, folders))
    return has_failed(folder, text_tower.FORMAT, needs_load)


def _is_whole(folder: Path) -> bool:
    """Return whether a tower's files are all there."""
    about = text_tower.read_about(folder)
    if about is not None and about.files.are_there(folder, text_tower.FILES):
        look_again(folder, about.files)
    return about is not None and about.files.are_there(folder, text_tower.FILES) and not is_noted_damaged(folder)
