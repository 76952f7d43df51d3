"""Labels into the sidecars of pictures: each file whole or not at all, and all of it can be undone.

Pictures are never touched. What can't be written is told, once for each folder and reason, and left as it was.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.errors import OutputError
from indexer.ignore import is_photo_library
from indexer.paths import readable
from search.journal import Journal
from search.placing import ChangedMeanwhile, replace_file, write_file
from search.sidecars import SidecarFolder
from search.xmp import Merged, merge_labels
from search.xmp_document import NotMergeable

LARGEST = 64 * 1024 * 1024  # bytes; no sidecar is as large
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", None))


@dataclass(frozen=True, slots=True)
class Change:
    """What was written, or would be, into one sidecar."""

    sidecar: Path
    new: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(slots=True)
class Exported:
    """What became of the sidecars."""

    action: str = ""  # its id, for undo; empty if nothing was to be written
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0  # files that are as they should be
    left_out: int = 0  # labels that a person has taken away
    problems: list[tuple[Path, str]] = field(default_factory=list)  # sidecars that can't be changed, and why
    folders: Counter[tuple[Path, str]] = field(default_factory=Counter)  # how many files each reason in each kept


def export_sidecars(
    files: Mapping[Path, Sequence[str]],
    label_set: str,
    library: Path,
    *,
    dry_run: bool = False,
    forget: bool = False,
    report: Callable[[], object] = lambda: None,
) -> Exported:
    """Merge each file's labels, those of the set of this name, into its sidecar; only say what would be, if `dry_run`.

    With `forget`, also that a person took some away; see merge_labels. `report` is called for each file. Raises
    OutputError when the disk is full, with what was done kept, LibraryError if the journal can't be written.
    """
    done = Exported()
    what = f"write the labels {readable(label_set)} into sidecars"
    with contextlib.nullcontext() if dry_run else Journal.begin(library, what) as journal:
        done.action = "" if journal is None else journal.id
        for folder, paths in itertools.groupby(sorted(files), lambda path: path.parent):
            names = _names(folder, done)
            for path in paths:
                if isinstance(names, str):
                    done.folders[folder, names] += 1
                elif path.name not in names.names:
                    done.folders[folder, "the pictures are not there any more; run clipsearch index"] += 1
                else:
                    _export(journal, names.sidecar_of(path.name), label_set, files[path], forget, done)
                report()
    return done


def _names(folder: Path, done: Exported) -> SidecarFolder | str:
    """Return a folder's sidecars, or why there can be none."""
    if any(is_photo_library(part) for part in folder.parts):
        return "it is inside a library of Apple Photos, where only Photos may write"
    try:
        return SidecarFolder(folder)
    except OSError as error:
        return f"it can't be read ({_reason(error)}); check that its drive is there, and its permissions"


def _export(
    journal: Journal | None, sidecar: Path, label_set: str, labels: Sequence[str], forget: bool, done: Exported
) -> None:
    """Merge one picture's labels, once more if another program has just written the sidecar."""
    for _ in range(2):
        try:
            old = _read(sidecar)
            merged = merge_labels(old, label_set, labels, forget=forget)
            if merged.content != (old or b""):
                _write(journal, sidecar, old, merged.content)
        except NotMergeable as reason:
            done.problems.append((sidecar, f"left as it is: {reason}"))
        except (ChangedMeanwhile, FileExistsError):
            continue
        except OSError as error:
            if error.errno in FULL:
                raise OutputError(_full(sidecar, done)) from error
            done.folders[sidecar.parent, f"it can't be written to ({_reason(error)}); check its permissions"] += 1
        else:
            _count(done, sidecar, old, merged)
        return
    done.problems.append((sidecar, "left as it is: another program is writing it; try again later"))


def _read(sidecar: Path) -> bytes | None:
    """Return a sidecar's bytes, None if it is not there."""
    try:
        status = sidecar.stat()
    except FileNotFoundError:
        if sidecar.is_symlink():
            raise NotMergeable("it is a symbolic link to nothing") from None
        return None
    if not stat.S_ISREG(status.st_mode):
        raise NotMergeable("it is no file")
    if status.st_size > LARGEST:
        raise NotMergeable("it is too large for a sidecar")
    try:
        return sidecar.read_bytes()
    except OSError as error:
        raise NotMergeable(f"it can't be read ({_reason(error)})") from error


def _write(journal: Journal | None, sidecar: Path, old: bytes | None, new: bytes) -> None:
    """Write a sidecar; without a journal only see whether that could be done."""
    if journal is None:
        folder = os.path.dirname(os.path.realpath(sidecar))
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    elif old is None:
        write_file(journal, sidecar, new)
    else:
        replace_file(journal, sidecar, old, new)


def _count(done: Exported, sidecar: Path, old: bytes | None, merged: Merged) -> None:
    done.left_out += len(merged.left_out)
    if merged.content == (old or b""):
        done.unchanged += 1
    else:
        done.changes.append(Change(sidecar, old is None, merged.added, merged.removed))


def _full(sidecar: Path, done: Exported) -> str:
    """Say that there is no more room, and what there is."""
    shown, so_far = readable(str(sidecar.parent)), f"{len(done.changes)} sidecars were written"
    if done.changes:
        so_far += f", and clipsearch undo {done.action} takes that back"
    return f"The disk of {shown} is full: {so_far}; free some space and run the same command again."


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
