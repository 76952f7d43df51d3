"""Writing lists to files: each whole or not at all, and undo restores what they replace."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from indexer.errors import FolderError, OutputError
from indexer.paths import absolute, readable
from search.journal.journal import Journal
from search.journal.links_and_copies import make_folders
from search.journal.writing import ChangedMeanwhile, write_file

REPLACEABLE = (".csv", ".json", ".txt")  # files that may be written over; pictures never


def write_lists(files: Mapping[Path, bytes], library: Path, *, make: Path | None = None) -> str:
    """Write files, and return the id of the action for undo, "" if nothing has changed; `make` is a folder to make.

    Raises FolderError if a file's folder is missing, OutputError if a file can't be written or must not be replaced,
    LibraryError if the journal can't be written.
    """
    contents = {absolute(path): new for path, new in files.items()}
    for path in contents:
        _check(path, None if make is None else absolute(make))
    within = {path.parent for path in contents} | (set() if make is None else {absolute(make)})
    with Journal.begin(library, f"write {' and '.join(readable(path) for path in contents)}", within) as journal:
        try:
            if make is not None:
                make_folders(journal, absolute(make))
            for path, new in contents.items():
                old = path.read_bytes() if os.path.exists(path) else None
                if old != new:
                    write_file(journal, path, new, old)
        except (OSError, ChangedMeanwhile) as error:
            reason = getattr(error, "strerror", None) or "another program is writing it"
            raise OutputError(
                f"{readable(path)} can't be written ({reason.lower()}); free some space, check the permissions"
                " or give another name."
            ) from error
    return journal.id if journal.file.exists() else ""


def _check(path: Path, made: Path | None) -> None:
    folder = path.parent
    if folder != made and not os.path.isdir(folder):
        raise FolderError(f"There is no folder {readable(folder)}; make it, or give another name.")
    if not os.path.lexists(path):
        return
    if not os.path.isfile(path) or not path.name.lower().endswith(REPLACEABLE):
        raise OutputError(
            f"{readable(path)} is there already, and only lists ({', '.join(REPLACEABLE)}) are written over;"
            " give another name."
        )
