"""Whether a folder is there, and what its absence means: a deleted file, or a drive that is not mounted."""

from __future__ import annotations

import os
from pathlib import Path

from indexer.errors import FolderError
from indexer.paths import absolute, readable


def existing_folder(folder: Path) -> Path:
    """Return a folder that a person gave as an absolute path, or raise FolderError."""
    place = absolute(folder)
    if os.path.isdir(place):
        return place
    if os.path.exists(place):
        raise FolderError(f"{readable(folder)} is a file; name its folder.")
    raise FolderError(f"There is no folder {readable(folder)}; check the name, and that its drive is mounted.")


def state_of(folder: Path) -> str:
    """Say whether a root can be read now: "mounted", "empty" (its drive may not be mounted), "not there" or else."""
    try:
        with os.scandir(folder) as entries:
            return "empty" if next(entries, None) is None else "mounted"
    except (FileNotFoundError, NotADirectoryError):
        return "not there"
    except OSError:
        return "not readable"


def holds_something(folder: Path) -> bool:
    """Return whether a folder is there and has an entry."""
    return state_of(folder) == "mounted"


def nearest_folder(root: Path, path: str) -> Path:
    """Return the innermost folder of a relative path that still exists."""
    place = (root / path).parent
    while not os.path.isdir(place):
        place = place.parent
    return place


def file_is_gone(root: Path, path: str) -> bool:
    """Return whether a file was surely deleted or moved, not just out of reach with a drive that is not mounted."""
    if os.path.lexists(root / path) or not os.path.isdir(root):
        return False
    return holds_something(nearest_folder(root, path))
