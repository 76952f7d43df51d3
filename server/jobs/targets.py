"""Where a person wants files to be written: an absolute path that was typed, looked at before anything is planned."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from indexer.errors import FolderError, InvalidRequest, OutputError
from indexer.paths import absolute, cache_folder, home_expanded, inside, own_folder, readable
from indexer.wording import human_size
from search.export.contact_sheet import check_path
from search.export.hit_folder import checked_folder, root_around

SHEETS = (".html", ".htm")


def target_folder(typed: str | None, library: Path) -> Path:
    """Return the folder that a person typed, to put files into; raises InvalidRequest, FolderError, OutputError."""
    folder = _absolute(typed, library, "a folder, such as ~/best")
    checked_folder(folder)
    _check_writable(_nearest(folder))
    return folder


def target_sheet(typed: str | None, library: Path) -> Path:
    """Return the new file that a person typed, to write a contact sheet to; raises as `target_folder`."""
    path = _absolute(typed, library, "a file, such as ~/best.html")
    if path.suffix.lower() not in SHEETS:
        raise InvalidRequest("A contact sheet is a web page, so its name ends with .html.")
    if os.path.lexists(path):
        raise OutputError(f"{readable(path)} exists, so it stays; give the contact sheet another name.")
    check_path(path)
    return path


def notes_on(folder: Path, library: Path, needed: int) -> list[str]:
    """Return what a person should know before files of so many bytes are written into a folder."""
    notes = []
    root = root_around(library, folder)
    if root is not None:
        within = f"{readable(folder)} is inside the indexed folder {readable(root)}"
        notes.append(f"{within}: the next index run will take these files in too.")
    free = shutil.disk_usage(_nearest(folder)).free
    if needed > free:
        notes.append(f"That needs {human_size(needed)}, and {human_size(free)} are free there.")
    return notes


def _absolute(typed: str | None, library: Path, such_as: str) -> Path:
    """Return what was typed as an absolute path without links, "~" resolved."""
    if not typed or not typed.strip() or "\0" in typed:
        raise InvalidRequest(f"Say where to: {such_as}.")
    path = home_expanded(Path(typed.strip()))
    if not path.is_absolute():
        raise InvalidRequest(f"Give the whole path, from / or ~ on: {such_as}.")
    try:
        path = absolute(path)
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            path.lstat()
    except OSError as error:
        raise FolderError(f"{readable(path)} can't be used: {error.strerror}; give another one.") from error
    for own in (library, cache_folder(), own_folder()):
        if inside(str(path), str(absolute(own))) is not None:
            raise FolderError(f"{readable(path)} is in a folder of clipsearch's own; give another one.")
    return path


def _nearest(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    return next((one for one in (folder, *folder.parents) if os.path.lexists(one)), folder)


def _check_writable(folder: Path) -> None:
    shown = readable(folder)
    if not os.path.isdir(folder):
        raise FolderError(f"{shown} is no folder, so nothing can be put into it; give another name.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"There is no permission to write into {shown}; give another folder.")
