"""Whether a folder is there, and what its absence means: a deleted file, or a drive that is not mounted."""

from __future__ import annotations

import os
from pathlib import Path

from indexer.errors import FolderError
from indexer.files.away import is_away
from indexer.paths import absolute, readable


def existing_folder(folder: Path) -> Path:
    """Return the absolute path of a folder that a person gave; raises FolderError if there is none."""
    path = absolute(folder)
    if os.path.isdir(path):
        return path
    if os.path.exists(path):
        raise FolderError(f"{readable(folder)} is a file; name its folder.")
    raise FolderError(f"There is no folder {readable(folder)}; check the name, and that its drive is mounted.")


def state_of(folder: Path) -> str:
    """Return a root's state: "mounted", "empty" (its drive may not be mounted), "not there" or "not readable"."""
    try:
        with os.scandir(folder) as entries:
            return "empty" if next(entries, None) is None else "mounted"
    except (FileNotFoundError, NotADirectoryError):
        return "not there"
    except OSError:
        return "not readable"


def holds_something(folder: Path) -> bool:
    """Return whether a folder exists and has an entry."""
    return state_of(folder) == "mounted"


def nearest_folder(root: Path, path: str) -> Path:
    """Return the innermost folder of a relative path that still exists."""
    folder = (root / path).parent
    while not os.path.isdir(folder):
        folder = folder.parent
    return folder


def file_is_gone(root: Path, path: str) -> bool:
    """Return whether a file was certainly deleted or moved: not put away, nor on a drive that is not mounted."""
    if os.path.lexists(root / path) or is_away(root / path) or not os.path.isdir(root):
        return False
    return holds_something(nearest_folder(root, path))
