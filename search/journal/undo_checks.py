"""Whether what an action made is still there and as it was made, so that undoing it loses nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from indexer.files.content import digest_of, pieces
from indexer.paths import from_fields, readable
from search.journal.journal_files import FILES, MADE, FileState, Line, original_of

COARSEST_TIME = 2_000_000_000  # nanoseconds, to which a file system such as FAT rounds modification times


class Changed(Exception):
    """A file is not as it was made; the message says how."""


def folders_away(acts: Iterable[Line]) -> dict[Path, str]:
    """Return the folders whose drive seems to be away, and what shows it."""
    paths = {op: {Path(from_fields(line)) for line in acts if line["op"] == op} for op in MADE}
    folders = {path.parent for op in FILES for path in paths[op]}
    signs = {folder: _sign_of_absence(folder, paths["folder"]) for folder in folders}
    return {folder: sign for folder, sign in signs.items() if sign is not None}


def _sign_of_absence(folder: Path, made: Collection[Path]) -> str | None:
    """Return what shows that a folder's drive is away, or None; a folder that was `made` may just have been deleted.

    An empty folder stays where a drive was mounted.
    """
    nearest = folder
    while nearest in made:
        nearest = nearest.parent
    if not os.path.isdir(nearest):
        return "its folder is not there"
    if not _is_empty(nearest):
        return None
    return "its folder is empty" if nearest == folder else f"{readable(nearest)} is empty"


def _is_empty(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:  # it is there, but can't be read
        return False


def check_there(line: Line, path: Path, away: Mapping[Path, str]) -> None:
    """Raise Changed for a file that is gone with its drive, or that can't get its old content back."""
    if os.path.lexists(path):
        return
    if path.parent in away:
        raise Changed(f"{away[path.parent]}; check that its drive is there")
    if line["op"] == "replaced":
        raise Changed("it is gone, so it can't have its old content again")


def check_file(line: Line, path: Path) -> None:
    """Raise Changed unless a file is still as it was made."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise Changed("it is no longer a file")
    made = FileState.from_fields(line)
    if line.get("hard"):
        return  # its original is the same file, with the same changes
    if FileState.of(status, made.digest) == made:
        return
    if status.st_size != made.size or made.digest is None or _digest_of_file(path) != made.digest:
        raise Changed("it has changed since")


def check_original(line: Line, path: Path) -> None:
    """Raise Changed unless the file that was copied or linked is still there: else ours is the only one left."""
    name = original_of(line)
    if name is None:
        return
    if not os.path.isfile(name):
        raise Changed(f"its original is gone: {readable(name)}")
    if line.get("hard"):
        if not path.samefile(name):
            raise Changed(f"its original is another file by now: {readable(name)}")
        return
    status, made = Path(name).stat(), FileState.from_fields(line)
    is_same_age = abs(status.st_mtime_ns - made.mtime_ns) <= COARSEST_TIME
    if status.st_size != made.size or not (is_same_age or _digest_of_file(Path(name)) == made.digest):
        raise Changed(f"its original has changed since: {readable(name)}")


def check_link(line: Line, path: Path) -> None:
    """Raise Changed unless a symbolic link still leads to its original."""
    if not path.is_symlink():
        raise Changed("it is no longer a link")
    if str(path.readlink()).removeprefix("\\\\?\\") != original_of(line):
        raise Changed("it leads elsewhere by now")


def _digest_of_file(path: Path) -> str:
    """Return the hash of a file's bytes as journals have it; raises OSError."""
    with path.open("rb") as file:
        return digest_of(pieces(file)).hex()
