"""Exports that get their names only once they are whole, and that `clipsearch undo` takes back.

Files and folders are written beside their place under another name. A folder is renamed as one; what is there already
is only replaced when that is asked for, and a folder only if all that it holds may be an earlier export.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import FolderError, OutputError
from indexer.files.content import digest_of, pieces
from indexer.files.whole import PART_PREFIX, rename_new, sync_file, sync_folder
from indexer.paths import absolute, readable
from search.journal.journal import Journal
from search.journal.journal_files import FileState

if TYPE_CHECKING:
    from search.embedding_files.writing import Writer


@dataclass(slots=True)
class Placing:
    """What is being written, and under which names until it is whole."""

    targets: Sequence[Path]
    parts: Sequence[Path]
    action: str = ""  # for undo, once there is something to take back


@contextlib.contextmanager
def placing(writer: Writer, target: Path, library: Path | None, force: bool) -> Iterator[Placing]:
    """Give names to write to; at the end of the block what was written gets those of the targets.

    If the block raises, nothing is left. `library` is the folder with the journal for undo, None if there is none.
    Raises FolderError, OutputError, LibraryError.
    """
    targets = [absolute(path.parent) / path.name for path in writer.targets(target)]
    check_targets(writer, targets, force)
    with contextlib.ExitStack() as stack:
        journal = None
        if library is not None:
            named = f"export embeddings to {readable(targets[0])}"
            journal = stack.enter_context(Journal.begin(library, named, {path.parent for path in targets} | {*targets}))
        parts = [_part(path, number, writer, journal) for number, path in enumerate(targets, 1)]
        done = Placing(targets, parts)
        try:
            yield done
            _place(done, journal, writer.is_folder)
        finally:
            for part in parts:
                _remove(part)
        done.action = "" if journal is None else journal.id


def check_targets(writer: Writer, targets: Sequence[Path], force: bool) -> None:
    """Raise FolderError if there is no folder for a target, OutputError if it is there and must not be replaced."""
    for path in targets:
        if not os.path.isdir(path.parent):
            raise FolderError(f"There is no folder {readable(path.parent)}; make it, or give another name.")
        if not os.path.lexists(path) or (writer.is_folder and _is_empty_folder(path)):
            continue
        if not force:
            raise OutputError(f"{readable(path)} is there already; give another name, or --force to replace it.")
        if not (_holds_only(path, writer) if writer.is_folder else os.path.isfile(path)):
            raise OutputError(
                f"{readable(path)} holds something else than exported embeddings, so --force does not replace it;"
                " give another name."
            )


def _is_empty_folder(path: Path) -> bool:
    return os.path.isdir(path) and not path.is_symlink() and not any(path.iterdir())


def _holds_only(folder: Path, writer: Writer) -> bool:
    """Return whether all files below a folder are of the kind that the writer makes."""
    if folder.is_symlink() or not os.path.isdir(folder):
        return False
    files = (path for path in folder.rglob("*") if not os.path.isdir(path) or path.is_symlink())
    return all(writer.owns(path.relative_to(folder).as_posix()) for path in files)


def _part(path: Path, number: int, writer: Writer, journal: Journal | None) -> Path:
    """Return the name under which a target is written."""
    if journal is None:
        return path.with_name(f"{PART_PREFIX}{os.urandom(4).hex()}.part")
    part = journal.part(path.parent, number)
    if not writer.is_folder:
        journal.unfinished(part)
    return part


def _place(done: Placing, journal: Journal | None, is_folder: bool) -> None:
    """Give what was written its names, recorded first."""
    recorded: list[Path] = []
    with contextlib.nullcontext() if journal is None else journal.together():
        for part, target in zip(done.parts, done.targets, strict=True):
            recorded += _record(part, target, journal)
    try:
        for part, target in zip(done.parts, done.targets, strict=True):
            _rename(part, target, is_folder)
            recorded = [path for path in recorded if path != target and target not in path.parents]
    except OSError:
        if journal is not None:
            for path in recorded:
                journal.not_made(path)
        raise
    for folder in {target.parent for target in done.targets}:
        sync_folder(folder)


def _record(part: Path, target: Path, journal: Journal | None) -> list[Path]:
    """Wait until a part is on the disk, record each of its files and folders, and return the files' names."""
    below = sorted(part.rglob("*")) if part.is_dir() else []
    names = {path: target / path.relative_to(part) for path in (part, *below)}
    files = []
    for path, name in names.items():
        if path.is_dir():
            if journal is not None and not (path == part and os.path.isdir(target)):
                journal.made_folder(name)
            continue
        sync_file(path)
        if journal is not None:
            with path.open("rb") as opened:
                journal.made_file(name, FileState.of(path.stat(), digest_of(pieces(opened)).hex()))
        files.append(name)
    return files


def _rename(part: Path, target: Path, is_folder: bool) -> None:
    """Give a part its name; what has it already is replaced."""
    if not os.path.lexists(target):
        part.rename(target) if is_folder else rename_new(part, target)
    elif not is_folder:
        os.replace(part, target)
    else:
        old = part.with_suffix(".old")
        target.rename(old)
        try:
            part.rename(target)
        except OSError:
            old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _remove(part: Path) -> None:
    """Remove what is left of a part."""
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            part.unlink()
