"""Labels of one set merged into sidecars, of which many are written at once, and what became of each."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.errors import OutputError
from indexer.paths import readable
from search.journal.journal import Journal
from search.journal.writing import ChangedMeanwhile, NewContent, Refusal, write_files
from search.sidecars.document import NotMergeable
from search.sidecars.xmp import Merged, merge_labels

LARGEST = 64 * 1024 * 1024  # bytes; no sidecar is as large
AT_ONCE = 200  # sidecars
AT_ONCE_BYTES = 32 * 1024 * 1024
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


@dataclass(frozen=True, slots=True)
class _Pending:
    """A sidecar that is to be written."""

    sidecar: Path
    labels: Sequence[str]
    old: bytes | None
    merged: Merged


class SidecarMerger:
    """Merges labels into sidecars; call `write` at the end."""

    def __init__(self, journal: Journal | None, label_set: str, *, forget: bool = False) -> None:
        """Take the journal, or None to write nothing and only see what would be; `forget` as in merge_labels."""
        self.done = Exported("" if journal is None else journal.id)
        self._journal, self._label_set, self._forget = journal, label_set, forget
        self._pending: list[_Pending] = []
        self._files: set[str] = set()  # that the pending ones are, or lead to
        self._bytes = 0

    def add(self, sidecar: Path, labels: Sequence[str]) -> None:
        """Merge one picture's labels, and write what is waiting if that is much by now. Raises as `write` does."""
        if self._files and os.path.realpath(sidecar) in self._files:
            self.write()  # this one is merged into what the other leaves in their file
        self._merge(sidecar, labels)
        if len(self._pending) >= AT_ONCE or self._bytes >= AT_ONCE_BYTES:
            self.write()

    def write(self) -> None:
        """Write what is waiting; once more what another program has just written.

        Raises OutputError when the disk is full, with what was done kept, LibraryError if the journal can't be written.
        """
        for one in self._write_pending():
            self._merge(one.sidecar, one.labels)
        for one in self._write_pending():
            self.done.problems.append((one.sidecar, "left as it is: another program is writing it; try again later"))

    def _merge(self, sidecar: Path, labels: Sequence[str]) -> None:
        try:
            old = _read(sidecar)
            merged = merge_labels(old, self._label_set, labels, forget=self._forget)
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

    def _write_pending(self) -> list[_Pending]:
        """Write what is waiting, and return what was not written since it has changed meanwhile."""
        pending, self._pending, self._files, self._bytes = self._pending, [], set(), 0
        again, full = [], None
        for one, refusal in zip(pending, self._results(pending), strict=True):
            match refusal:
                case None:
                    change = Change(one.sidecar, one.old is None, one.merged.added, one.merged.removed)
                    self.done.changes.append(change)
                    self.done.left_out += len(one.merged.left_out)
                case ChangedMeanwhile() | FileExistsError() | FileNotFoundError():
                    again.append(one)
                case OSError(errno=number) if number in FULL:
                    full = one.sidecar
                case OSError():
                    self._refused(one.sidecar, refusal)
        if full is not None:
            raise OutputError(_full(full, self.done))
        return again

    def _results(self, pending: Sequence[_Pending]) -> list[Refusal | None]:
        """Write sidecars, or see whether that could be done, and return what kept each from it."""
        if self._journal is None:
            return [_refusal(one.sidecar) for one in pending]
        contents = [NewContent(one.sidecar, one.old, one.merged.content) for one in pending]
        return write_files(self._journal, contents)

    def _refused(self, sidecar: Path, error: OSError) -> None:
        reason = f"it can't be written to ({reason_of(error)}); check its permissions"
        self.done.folders[sidecar.parent, reason] += 1


def reason_of(error: OSError) -> str:
    """Return the system's words for an error, to go into a sentence."""
    return (error.strerror or str(error)).lower()


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
        raise NotMergeable(f"it can't be read ({reason_of(error)})") from error


def _refuse_read_only(sidecar: Path, old: bytes | None) -> None:
    """Raise NotMergeable for a file that is protected, though its folder would let it be replaced."""
    if old is not None and not os.access(sidecar, os.W_OK) and _refusal(sidecar) is None:
        raise NotMergeable("it is read-only; check its permissions")


def _refusal(sidecar: Path) -> OSError | None:
    """Return what would keep a file from being written into its folder."""
    folder = os.path.dirname(os.path.realpath(sidecar))
    if os.access(folder, os.W_OK | os.X_OK):
        return None
    return PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _full(sidecar: Path, done: Exported) -> str:
    """Say that there is no more room, and what there is."""
    shown, so_far = readable(sidecar.parent), f"{len(done.changes)} sidecars were written"
    if done.changes:
        so_far += f", and clipsearch undo {done.action} takes that back"
    return f"The disk of {shown} is full: {so_far}; free some space and run the same command again."
