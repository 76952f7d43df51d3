"""Reading sidecars, merging the labels of a set into them, and writing many at once.

xmp.py merges; this module handles the files, and reports what became of each.
"""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.errors import OutputError
from indexer.files.foreign import Unfit, read_foreign
from indexer.paths import readable
from indexer.side_data.xml_bounds import LARGEST
from indexer.wording import doing
from search.journal.journal import Journal
from search.journal.os_errors import DISK_FULL, system_words
from search.journal.writing import ChangedMeanwhile, NewContent, Refusal, write_files
from search.sidecars.document import NotMergeable
from search.sidecars.folder import SUFFIX
from search.sidecars.xmp import Merged, merge_labels

BATCH = 200  # sidecars to write at once, at most
BATCH_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Change:
    """What was written to one sidecar, or would be."""

    sidecar: Path
    new: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(slots=True)
class Exported:
    """What became of the sidecars."""

    action: str = ""  # its id, for undo; empty for a dry run
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0  # files that are as they should be
    left_out: int = 0  # labels that a person has removed
    problems: list[tuple[Path, str]] = field(default_factory=list)  # sidecars that can't be changed, and why
    folders: Counter[tuple[Path, str]] = field(default_factory=Counter)  # (folder, reason): files without a sidecar


@dataclass(frozen=True, slots=True)
class _Pending:
    """A sidecar to be written."""

    sidecar: Path
    labels: Sequence[str]
    old: bytes | None
    merged: Merged


class SidecarWriter:
    """Merges labels into sidecars; call `write` at the end."""

    def __init__(self, journal: Journal | None, label_set: str, *, forget: bool = False) -> None:
        """Take the journal, or None for a dry run; `forget` as in merge_labels."""
        self.done = Exported("" if journal is None else journal.id)
        self._journal, self._label_set, self._forget = journal, label_set, forget
        self._pending: list[_Pending] = []
        self._files: set[str] = set()  # the real paths of the pending sidecars
        self._bytes = 0

    def add(self, sidecar: Path, labels: Sequence[str]) -> None:
        """Merge one picture's labels, and write the pending sidecars if they are many. Raises as `write` does."""
        if self._files and os.path.realpath(sidecar) in self._files:
            self.write()  # two links to one file: the second is merged into what the first has written
        self._merge(sidecar, labels)
        if len(self._pending) >= BATCH or self._bytes >= BATCH_BYTES:
            self.write()

    def write(self) -> None:
        """Write the pending sidecars; merge again, once, into those that another program has just changed.

        Raises OutputError when the disk is full, with what was done kept, LibraryError if the journal can't be written.
        """
        for changed in self._write_pending():
            self._merge(changed.sidecar, changed.labels)
        for busy in self._write_pending():
            self.done.problems.append((busy.sidecar, "left as it is: another program is writing it; try again later"))

    def _merge(self, sidecar: Path, labels: Sequence[str]) -> None:
        try:
            old = _read(sidecar)
            _refuse_misleading(sidecar)
            merged = self._merged(old, labels)
            if merged.content != (old or b""):
                _refuse_read_only(sidecar, old)
                self._pending.append(_Pending(sidecar, labels, old, merged))
                self._files.add(os.path.realpath(sidecar))
                self._bytes += len(old or b"") + len(merged.content)
            else:
                self.done.unchanged += 1
                self.done.left_out += len(merged.left_out)
        except NotMergeable as reason:
            self.done.problems.append((sidecar, f"left as it is: {reason}"))
        except OSError as error:
            self._refused(sidecar, error)

    def _merged(self, old: bytes | None, labels: Sequence[str]) -> Merged:
        """Merge labels into a sidecar's bytes; raises NotMergeable, with what to do about it."""
        try:
            return merge_labels(old, self._label_set, labels, forget=self._forget)
        except NotMergeable as reason:
            raise NotMergeable(f"{reason}; save it anew in the program that wrote it, and export again") from reason

    def _write_pending(self) -> list[_Pending]:
        """Write the pending sidecars, and return those that another program has changed meanwhile."""
        batch, self._pending, self._files, self._bytes = self._pending, [], set(), 0
        changed, on_full_disk = [], None
        for pending, refusal in zip(batch, self._results(batch), strict=True):
            merged = pending.merged
            match refusal:
                case None:
                    change = Change(pending.sidecar, pending.old is None, merged.added, merged.removed)
                    self.done.changes.append(change)
                    self.done.left_out += len(merged.left_out)
                case ChangedMeanwhile() | FileExistsError() | FileNotFoundError():
                    changed.append(pending)
                case OSError(errno=number) if number in DISK_FULL:
                    on_full_disk = pending.sidecar
                case OSError():
                    self._refused(pending.sidecar, refusal)
        if on_full_disk is not None:
            raise OutputError(_disk_full(on_full_disk, self.done))
        return changed

    def _results(self, batch: Sequence[_Pending]) -> list[Refusal | None]:
        """Write sidecars, or in a dry run check whether that is possible, and return why each was not."""
        if self._journal is None:
            return [_refusal(pending.sidecar) for pending in batch]
        contents = [NewContent(pending.sidecar, pending.old, pending.merged.content) for pending in batch]
        return write_files(self._journal, contents)

    def _refused(self, sidecar: Path, error: OSError) -> None:
        reason = f"it can't be written to ({system_words(error)}); check its permissions"
        self.done.folders[sidecar.parent, reason] += 1


def _read(sidecar: Path) -> bytes | None:
    """Return a sidecar's bytes, None if there is none; raises NotMergeable."""
    try:
        sidecar.stat()
    except FileNotFoundError:
        if sidecar.is_symlink():
            raise NotMergeable("it is a symbolic link to nothing; remove it, or bring back what it leads to") from None
        return None
    try:
        return read_foreign(sidecar, LARGEST)
    except Unfit as reason:
        raise NotMergeable(f"it is {reason}; move it away to have a sidecar here") from None
    except OSError as error:
        raise NotMergeable(f"it can't be read ({system_words(error)}); check its permissions") from error


def _refuse_misleading(sidecar: Path) -> None:
    """Raise NotMergeable for a link to a file that is no sidecar: whoever made these pictures may have put it there."""
    if sidecar.is_symlink() and not os.path.realpath(sidecar).lower().endswith(SUFFIX):
        raise NotMergeable("it is a link to a file of another kind; remove it to have a sidecar here")


def _refuse_read_only(sidecar: Path, old: bytes | None) -> None:
    """Raise NotMergeable for a read-only file in a writable folder, in which it could be replaced all the same."""
    if old is not None and not os.access(sidecar, os.W_OK) and _refusal(sidecar) is None:
        raise NotMergeable("it is read-only; check its permissions")


def _refusal(sidecar: Path) -> OSError | None:
    """Return the error of writing to a file's folder, None if it is writable."""
    folder = os.path.dirname(os.path.realpath(sidecar))
    if os.access(folder, os.W_OK | os.X_OK):
        return None
    return PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _disk_full(sidecar: Path, done: Exported) -> str:
    """Return a sentence on the full disk and what was written."""
    shown, so_far = readable(sidecar.parent), f"{doing(len(done.changes), 'sidecar', 'was', 'were')} written"
    if done.changes:
        so_far += f", and clipsearch undo {done.action} takes that back"
    return f"The disk of {shown} is full: {so_far}; free some space and run the same command again."
