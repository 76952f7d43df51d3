"""The condition for pictures below folders, which SQLite answers from its index of paths."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import FolderError
from indexer.paths import absolute, current_folder, inside, readable
from indexer.root_folders.named_roots import quoted
from indexer.spelling import spelled_as_known
from indexer.store.known_files import below, spelled_as_stored
from indexer.store.roots import roots
from search.filters.conditions import FOLDER, ROOT, Condition, any_of, where

if TYPE_CHECKING:
    from indexer.store.store import Store


def in_folders(store: Store, folders: Sequence[Path | str]) -> Condition | None:
    """Return the condition for pictures below any of the folders; None if all pictures are.

    Raises FolderError for a folder below which the library has no picture.
    """
    conditions = [_in_folder(store, folder) for folder in folders]
    partial = [condition for condition in conditions if condition is not None]
    return any_of(partial) if partial and len(partial) == len(conditions) else None


def _in_folder(store: Store, folder: Path | str) -> Condition | None:
    """Return the condition for one folder, None if it holds all roots.

    The folder is tried both resolved and as given, since a root may have become a link.
    """
    if isinstance(folder, str):
        raise FolderError(
            f"No picture in the library is below {folder}: only data-set libraries have pictures at URLs."
        )
    known = roots(store)
    whole_roots: set[int] = set()
    parts: list[Condition] = []
    paths = [root.path for root in known]
    typed = (absolute(folder), Path(os.path.abspath(folder)))
    for path in dict.fromkeys(spelled_as_known(path, paths) for path in typed):
        for root in known:
            if inside(str(root.path), str(path)) is not None:
                whole_roots.add(root.id)
                parts.append(Condition(ROOT, "{by}root = ?", [root.id]))
            elif (relative := inside(str(path), str(root.path))) is not None:
                parts += [
                    Condition(FOLDER, f"{{by}}root = ? AND {sql}", [root.id, *values])
                    for sql, values in below(spelled_as_stored(store, root, relative))
                ]
    condition = any_of(parts)
    _check_has_pictures(store, folder, condition)
    return None if len(whole_roots) == len(known) else condition


def _check_has_pictures(store: Store, folder: Path, condition: Condition) -> None:
    sql, values = where([condition])
    if store.db.execute(f"SELECT 1 FROM images WHERE {sql} LIMIT 1", values).fetchone() is not None:
        return
    if folder.is_absolute() and folder == current_folder():
        raise FolderError(
            f"No picture in the library is below the current folder, {readable(folder)}; to index it, run:"
            " clipsearch index ."
        )
    raise FolderError(
        f"No picture in the library is below {readable(folder)}; check the name, or run: clipsearch index "
        f"{quoted(folder)}"
    )
