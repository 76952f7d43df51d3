"""The journal: what an action makes or replaces outside the library, recorded before it is done.

One file of JSON lines for each action, in the library's folder `journal`; each line is on the disk before the file
system is changed, so that undo.py can take back what a crash has interrupted. Before a file's content is replaced,
its old bytes are appended to a file beside the journal. This module writes journals, journal_files.py reads them;
links_and_copies.py and writing.py change files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import BinaryIO

from indexer.errors import LibraryError
from indexer.files.plain import open_new
from indexer.files.whole import sync_folder
from indexer.paths import readable, to_fields
from indexer.store.store import now
from search.journal.acts import Original, is_within
from search.journal.journal_files import FOLDER, MADE, FileState, Line, action_id, holding, old_file, part_file
from search.journal.recorded import TIME, VERSION, last_own, refuse_linked
from search.journal.signing import Chain, made_own


class Journal:
    """The journal of one action that is under way. Use it as a context manager."""

    def __init__(self, file: Path, action: str, within: Collection[Path] | None = None) -> None:
        """Take the name of a file that is not there yet; use `begin`."""
        self.file = file
        own = made_own(file.parent.parent)
        self._chain = Chain(own, file)
        self._within: set[Path] | None = None if within is None else set()
        self.id = action_id(file)
        self._made = 0
        self._parts: set[Path] = set()
        self._waiting: list[Line] = []
        self._together = False
        self._old: BinaryIO | None = None
        self._holding = contextlib.ExitStack()
        self._holding.enter_context(holding(file))
        self._descriptor = open_new(file, os.O_WRONLY | os.O_APPEND, mode=0o600)
        self._holding.callback(os.close, self._descriptor)
        try:
            first: Line = {"clipsearch": VERSION, "action": readable(action), "began": now(), "key": own.key_id}
            with self.together():
                self._write({**first, "library": own.library, "restricted": within is not None})
                for folder in within or ():
                    self.allow(folder)
            sync_folder(file.parent)
        except BaseException:
            self._holding.close()
            with contextlib.suppress(OSError):
                file.unlink()
            raise

    @classmethod
    def begin(cls, library: Path, action: str, within: Collection[Path] | None = None) -> Journal:
        """Start the journal of an action such as "copy to /photos/best", in the library's folder.

        `within` are the folders that a person named for it: nothing else can be recorded then, nor undone. Raises
        LibraryError if nothing can be written there: what can't be undone later must not be done.
        """
        folder = Path(os.path.abspath(library)) / FOLDER
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            refuse_linked(folder)
            return cls(folder / f"{_next_time(folder.parent)}-{os.urandom(3).hex()}.jsonl", action, within)
        except OSError as error:
            raise LibraryError(
                f"The journal for clipsearch undo can't be written to {readable(folder)} ({error.strerror}), so "
                "nothing was done; free space or check the permissions of the library's folder."
            ) from error

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write the lines of a with-block at its end, and wait for the disk once; write none of them if it raises."""
        self._together = True
        try:
            yield
            self._sync()
        finally:
            self._together = False
            self._waiting.clear()

    def allow(self, folder: Path) -> None:
        """Record that a person named a folder for this action, or that it is that of a file that a person named."""
        real = Path(os.path.realpath(folder))
        if self._within is not None and not is_within(real, self._within):
            self._write({"op": "within", **to_fields(str(real))})
            self._within.add(real)

    def part(self, folder: Path, number: int = 1) -> Path:
        """Return a name in a folder for a file that is being written, a different one for each number."""
        return part_file(folder, self.id, number)

    def made_folder(self, path: Path) -> None:
        """Record that a folder is about to be made."""
        self._write({"op": "folder", **self._place(path, made=True)})

    def unfinished(self, path: Path) -> None:
        """Record that a file of this name is about to be written, to be renamed when it is whole."""
        if path not in self._parts:
            self._write({"op": "unfinished", **self._place(path)})
            self._parts.add(path)

    def not_made(self, path: Path) -> None:
        """Record that the file or link of this name, recorded before, was not made after all."""
        self._write({"op": "not made", **self._place(path)})

    def made_file(self, path: Path, state: FileState, original: Original | None = None, hard: bool = False) -> None:
        """Record that a file of this name and state is about to appear: new, or a copy or hard link of the original."""
        of = {} if original is None else {"original": original.fields()}
        link = {"hard": True} if hard else {}
        self._write({"op": "file", **self._place(path), **state.fields(), **link, **of})

    def made_link(self, path: Path, original: Path) -> None:
        """Record that a symbolic link is about to be made."""
        self._write({"op": "link", **self._place(path), "original": Original(original).fields()})

    def replaced(self, path: Path, old: bytes, before: os.stat_result, state: FileState) -> None:
        """Keep the old bytes of a file, and record that it is about to get a new content and state."""
        was = {"old_at": self._keep(old), "old_size": len(old), "old_sha256": hashlib.sha256(old).hexdigest()}
        was |= {"was_mtime_ns": before.st_mtime_ns, "was_mode": before.st_mode & 0o7777}
        self._write({"op": "replaced", **self._place(path), **state.fields(), **was})

    def close(self) -> None:
        """Close the file; an action that is not finished can be undone too."""
        if self._old is not None:
            self._old.close()
        self._holding.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if error is None and self._made:
                self._write({"op": "finished", "at_ns": time.time_ns()})
        finally:
            self.close()
            if not self._made:
                self.file.unlink()
                old_file(self.file).unlink(missing_ok=True)

    def _place(self, path: Path, *, made: bool = False) -> Line:
        """Return the fields of a path without links in its way; raises LibraryError if it is in no folder of these."""
        real = Path(os.path.realpath(path.parent)) / path.name
        is_above = made and self._within is not None and any(real in folder.parents for folder in self._within)
        if self._within is not None and not is_above and not is_within(real, self._within):
            raise LibraryError(f"{readable(path)} is in no folder that was named, so it stays as it is.")
        return to_fields(str(real))

    def _keep(self, old: bytes) -> int:
        """Store the old bytes of a file, not yet synced, and return where they begin."""
        try:
            if self._old is None:
                self._old = os.fdopen(open_new(old_file(self.file), os.O_RDWR, mode=0o600), "r+b", buffering=0)
                sync_folder(self.file.parent)
            start = self._old.seek(0, os.SEEK_END)
            _write_all(self._old.fileno(), old)
        except OSError as error:
            raise self._stopped(error) from error
        return start

    def _write(self, line: Line) -> None:
        """Write a line and wait until it is on the disk, unless the lines of a block are written together."""
        self._waiting.append(line)
        if not self._together:
            self._sync()

    def _sync(self) -> None:
        """Write the waiting lines and wait until they are on the disk, after the old bytes that they refer to."""
        lines, self._waiting = self._waiting, []
        try:
            if self._old is not None and any(line.get("op") == "replaced" for line in lines):
                os.fsync(self._old.fileno())
            if lines:
                self._append(lines)
            self._made += sum((line.get("op") in MADE) - (line.get("op") == "not made") for line in lines)
        except OSError as error:
            raise self._stopped(error) from error

    def _append(self, lines: Iterable[Line]) -> None:
        """Append lines and wait until they are on the disk."""
        size_before = os.fstat(self._descriptor).st_size
        texts, chain = [], self._chain
        for line in lines:
            text, chain = chain.sign(json.dumps(line, ensure_ascii=False).encode("utf-8"))
            texts.append(text + b"\n")
        try:
            _write_all(self._descriptor, b"".join(texts))
            os.fsync(self._descriptor)
            self._chain = chain
        except BaseException:  # also Ctrl-C, behind which a folder's list may still be written
            with contextlib.suppress(OSError):  # half a line would spoil the next one
                os.ftruncate(self._descriptor, size_before)
            raise

    def _stopped(self, error: OSError) -> LibraryError:
        """Return the error that stops an action, since it could not be undone."""
        what = f"no more was done; clipsearch undo {self.id} takes back what was" if self._made else "nothing was done"
        return LibraryError(
            f"The journal for clipsearch undo can't be written to {readable(self.file.parent)} ({error.strerror}),"
            f" so {what}. Free space or check the permissions of the library's folder, and run the same command again."
        )


def _next_time(library: Path) -> str:
    """Return the time for a new journal's name, one after that of all before, even if the clock was set back."""
    clock = datetime.now(timezone.utc).strftime(TIME)
    last = last_own(library)
    if last is None or last < clock:
        return clock
    return (datetime.strptime(last, TIME) + timedelta(microseconds=1)).strftime(TIME)


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
