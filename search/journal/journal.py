"""The journal: what an action makes or replaces outside the library, recorded before it is done.

One file of JSON lines for each action, in the library's folder `journal`; each line is on the disk before the file
system is changed, so that undo.py can take back what a crash has interrupted. Before a file's content is replaced,
its old bytes are appended to a file beside the journal. This module writes journals, journal_files.py reads them;
links_and_copies.py and writing.py change files.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO

from indexer.errors import LibraryError
from indexer.files.whole import sync_folder
from indexer.paths import readable, to_fields
from indexer.store.store import now
from search.journal.journal_files import FOLDER, MADE, FileState, Line, action_id, holding, old_file, part_file

VERSION = 1  # of the journal's format


class Journal:
    """The journal of one action that is under way. Use it as a context manager."""

    def __init__(self, file: Path, action: str) -> None:
        """Take the name of a file that is not there yet; use `begin`."""
        self.file = file
        self.id = action_id(file)
        self._made = 0
        self._parts: set[Path] = set()
        self._waiting: list[Line] = []
        self._together = False
        self._old: BinaryIO | None = None
        self._holding = contextlib.ExitStack()
        self._holding.enter_context(holding(file))
        self._descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        self._holding.callback(os.close, self._descriptor)
        try:
            self._append([{"clipsearch": VERSION, "action": readable(action), "began": now()}])
            sync_folder(file.parent)
        except BaseException:
            self._holding.close()
            raise

    @classmethod
    def begin(cls, library: Path, action: str) -> Journal:
        """Start the journal of an action such as "copy to /photos/best", in the library's folder.

        Raises LibraryError if nothing can be written there: what can't be undone later must not be done.
        """
        folder = Path(os.path.abspath(library)) / FOLDER
        began = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%f")
        try:
            folder.mkdir(exist_ok=True)
            return cls(folder / f"{began}-{os.urandom(3).hex()}.jsonl", action)
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

    def part(self, folder: Path, number: int = 1) -> Path:
        """Return a name in a folder for a file that is being written, a different one for each number."""
        return part_file(folder, self.id, number)

    def made_folder(self, path: Path) -> None:
        """Record that a folder is about to be made."""
        self._write({"op": "folder", **to_fields(str(path))})

    def unfinished(self, path: Path) -> None:
        """Record that a file of this name is about to be written, to be renamed when it is whole."""
        if path not in self._parts:
            self._write({"op": "unfinished", **to_fields(str(path))})
            self._parts.add(path)

    def not_made(self, path: Path) -> None:
        """Record that the file or link of this name, recorded before, was not made after all."""
        self._write({"op": "not made", **to_fields(str(path))})

    def made_file(self, path: Path, state: FileState, original: Path | None = None, hard: bool = False) -> None:
        """Record that a file of this name and state is about to appear: new, or a copy or hard link of the original."""
        link = {"hard": True} if hard else {}
        self._write({"op": "file", **to_fields(str(path)), **state.fields(), **link, **_original(original)})

    def made_link(self, path: Path, original: Path) -> None:
        """Record that a symbolic link is about to be made."""
        self._write({"op": "link", **to_fields(str(path)), **_original(original)})

    def replaced(self, path: Path, old: bytes, before: os.stat_result, state: FileState) -> None:
        """Keep the old bytes of a file, and record that it is about to get a new content and state."""
        was = {"old_at": self._keep(old), "old_size": len(old)}
        was |= {"was_mtime_ns": before.st_mtime_ns, "was_mode": before.st_mode & 0o7777}
        self._write({"op": "replaced", **to_fields(str(path)), **state.fields(), **was})

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
                self._write({"op": "finished"})
        finally:
            self.close()
            if not self._made:
                self.file.unlink()
                old_file(self.file).unlink(missing_ok=True)

    def _keep(self, old: bytes) -> int:
        """Store the old bytes of a file, not yet synced, and return where they begin."""
        try:
            if self._old is None:
                self._old = old_file(self.file).open("xb", buffering=0)
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
            if self._old is not None and any(line["op"] == "replaced" for line in lines):
                os.fsync(self._old.fileno())
            if lines:
                self._append(lines)
            self._made += sum((line["op"] in MADE) - (line["op"] == "not made") for line in lines)
        except OSError as error:
            raise self._stopped(error) from error

    def _append(self, lines: Iterable[Line]) -> None:
        """Append lines and wait until they are on the disk."""
        size_before = os.fstat(self._descriptor).st_size
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        try:
            _write_all(self._descriptor, text.encode("utf-8"))
            os.fsync(self._descriptor)
        except OSError:
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


def _original(path: Path | None) -> Line:
    return {} if path is None else {"original": to_fields(str(path))}


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
