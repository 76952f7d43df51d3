"""The filter for folders: what is below them, answered from the index of paths."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import FolderError
from indexer.paths import absolute, inside, readable
from indexer.store.known_files import below
from indexer.store.roots import roots
from search.filters.conditions import FOLDER, ROOT, Condition, where

if TYPE_CHECKING:
    from indexer.store.store import Store


def in_folders(store: Store, folders: Sequence[Path]) -> Condition | None:
    """Return the condition for pictures below any of the folders; None if that is all there are.

    Raises FolderError for a folder below which the library has no picture.
    """
    found = [_in_folder(store, folder) for folder in folders]
    if not found or None in found:
        return None
    chosen = [condition for condition in found if condition is not None]
    return Condition(
        max(one.turn for one in chosen),
        " OR ".join(one.sql for one in chosen),
        [value for one in chosen for value in one.values],
    )


def _in_folder(store: Store, folder: Path) -> Condition | None:
    """Return the condition for one folder, by its own name (a root may have become a link) and resolved."""
    known = roots(store)
    whole: list[int] = []
    parts: list[Condition] = []
    for place in dict.fromkeys([absolute(folder), Path(os.path.abspath(folder))]):
        for root in known:
            if inside(str(root.path), str(place)) is not None:
                whole.append(root.id)
                parts.append(Condition(ROOT, "{by}root = ?", [root.id]))
            elif (relative := inside(str(place), str(root.path))) is not None:
                parts += [
                    Condition(FOLDER, f"{{by}}root = ? AND {sql}", [root.id, *values])
                    for sql, values in below(relative)
                ]
    condition = Condition(
        max((one.turn for one in parts), default=FOLDER),
        " OR ".join(f"({one.sql})" for one in parts) or "0",
        [value for one in parts for value in one.values],
    )
    _check_filled(store, folder, condition)
    return None if len(set(whole)) == len(known) else condition


def _check_filled(store: Store, folder: Path, condition: Condition) -> None:
    sql, values = where([condition])
    if store.db.execute(f"SELECT 1 FROM images WHERE {sql} LIMIT 1", values).fetchone() is None:
        shown = readable(folder)
        raise FolderError(
            f"No picture in the library is below {shown}; check the name, or run: clipsearch index {shown}"
        )
