"""What was exported of a library's models and is kept in the cache folder: intact, or dropped to be made anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from indexer.exported.failures import FAILED
from indexer.exported.folder import is_noted_damaged
from indexer.image_tower import tower as image_tower
from indexer.store.models import StoredModel
from indexer.text_tower import tower as text_tower
from search.checking.findings import Problem, Problems


def export_problems(model: StoredModel) -> Problems:
    """Yield which of a model's exports are damaged."""
    folders: list[tuple[str, Path, Callable[[Path], Any]]] = [
        ("text side", text_tower.tower_folder(model.fingerprint), text_tower.read_about),
        ("exact text side", text_tower.tower_folder(model.fingerprint, exact=True), text_tower.read_about),
        ("image side", image_tower.tower_folder(model.fingerprint), image_tower.read_about),
    ]
    for what, folder, read in folders:
        if folder.is_dir() and not folder.is_symlink() and not (folder / FAILED).exists():
            about = read(folder)
            names = list(about.sizes) if about is not None else []
            is_whole = about is not None and about.files.are_there(folder, names)
            if not is_whole or is_noted_damaged(folder) or not about.files.are_intact(folder, names):
                done = "Dropped; the next clipsearch index exports it again."
                yield Problem("exports", f"The exported {what} of the model is damaged.", done, _drops(folder), folder)


def _drops(folder: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(folder)
