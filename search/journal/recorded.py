"""Reading journals: whose they are, whether they are as they were written, and what they say was made.

A journal is read line by line, and where each act begins is kept instead of the act, so that one of a million files
fits in memory. What it says is believed only as far as its signatures (signing.py) go.
"""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from indexer.errors import LibraryError, UndoError
from indexer.files.plain import open_plain, reading_plain
from indexer.paths import from_fields, readable
from indexer.store.store import now
from search.journal.acts import Act, BadLine, act_of, path_of
from search.journal.journal_files import ACTS, FILES, FOLDER, LONGEST_LINE, Line, line_of, whole_lines
from search.journal.signing import Chain, Own, known_own, parted

VERSION = 1  # of the journal's format
TIME = "%Y%m%dT%H%M%S%f"  # in journals' names
# Whose a journal is that is not this user's own, or what is wrong with it
UNSIGNED, OTHER_KEY, OTHER_LIBRARY = "unsigned", "another user's or machine's", "another library's"
CHANGED, DAMAGED, NEWER = "changed since", "damaged", "a newer version's"
_MARK = 16  # bytes of the hash of each line, by which it is known again


@dataclass(slots=True)
class Recorded:
    """A journal as it was read."""

    file: Path
    origin: str = ""  # empty if it is this user's own and as it was written
    bad_line: int = 0  # the first one that is not as it was written
    action: str = "?"
    began: str = "?"  # UTC, ISO 8601
    files: int = 0  # made or replaced
    state: str = "interrupted"  # or "done", "undone", "partly undone" if something was kept
    finished_ns: int | None = None
    restricted: bool = False  # to the folders `within`
    within: set[Path] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)  # of files that were made or replaced
    made_folders: set[str] = field(default_factory=set)
    chain: Chain | None = None  # after the last line
    end: int = 0  # of the last whole line
    _starts: array[int] = field(default_factory=lambda: array("Q"))  # of the lines of acts
    _marks: bytearray = field(default_factory=bytearray)

    @property
    def acts(self) -> int:
        """How many acts there are at most."""
        return len(self._starts)

    def acts_backwards(self) -> Iterator[Act]:
        """Yield what was made, the last act first, without what was not made after all; raises OSError, UndoError."""
        not_made: Counter[Path] = Counter()
        with reading_plain(self.file) as opened:
            for number in reversed(range(len(self._starts))):
                act, path = self._act(opened, number)
                if act is None:
                    not_made[path] += 1
                elif not_made[path]:
                    not_made[path] -= 1
                else:
                    yield act

    def _act(self, opened: BinaryIO, number: int) -> tuple[Act | None, Path]:
        """Read a line again, and make sure that it is the one that was looked at; no act means "not made"."""
        opened.seek(self._starts[number])
        text = opened.readline(LONGEST_LINE).removesuffix(b"\n")
        line = line_of(text)
        if line is None or _mark(text) != self._marks[number * _MARK : (number + 1) * _MARK]:
            raise UndoError(f"{readable(self.file)} has changed while it was read; try again.")
        try:
            return act_of(line), path_of(line)
        except BadLine as error:
            raise UndoError(f"{readable(self.file)} holds a line that this version can't read.") from error

    def take(self, start: int, text: bytes, line: Line) -> None:
        """Take a line in; raises BadLine."""
        op = line.get("op")
        if op in ACTS or op == "not made":
            if self.origin:  # what is signed is as it was written
                act_of({**line, "op": "unfinished"} if op == "not made" else line)
            self._starts.append(start)
            self._marks += _mark(text)
            self._count(op, from_fields(line))
        elif op == "within":
            self.within.add(path_of(line))
        elif op == "finished":
            self.state = "done"
            self.finished_ns = at if type(at := line.get("at_ns")) is int else None
        elif op == "undone":
            self.state = "partly undone" if line.get("kept") else "undone"

    def _count(self, op: object, path: str) -> None:
        self.files += (op in FILES) - (op == "not made")
        if op in FILES:
            self.folders.add(os.path.dirname(path))
        elif op == "folder":
            self.made_folders.add(path)


def journals(library: Path) -> list[Path]:
    """Return a library's journals, the last ones first; raises LibraryError if they are another folder's."""
    folder = library / FOLDER
    refuse_linked(folder)
    return sorted(folder.glob("*.jsonl"), reverse=True)


def refuse_linked(folder: Path) -> None:
    """Raise LibraryError if a library's folder of journals is elsewhere by way of a link."""
    straight = os.path.join(os.path.realpath(folder.parent), folder.name)
    if os.path.lexists(folder) and os.path.normcase(os.path.realpath(folder)) != os.path.normcase(straight):
        raise LibraryError(
            f"{readable(folder)} is a link, and clipsearch writes only to a library's own folders, so nothing was "
            "done; put the folder itself there, or move the link away."
        )


def read_journal(file: Path, own: Own | None) -> Recorded:
    """Read a journal to its end; whatever is wrong with it is in what is returned."""
    recorded = Recorded(file)
    try:
        with reading_plain(file) as opened:
            for number, (start, text) in enumerate(whole_lines(opened), start=1):
                _take(recorded, number, start, text, own)
                recorded.end = start + len(text) + 1
    except OSError:
        recorded.origin = recorded.origin or DAMAGED
    if not recorded.end:
        recorded.origin = DAMAGED
    return recorded


def last_own(library: Path) -> str | None:
    """Return the time in the name of the last journal of this user's own; None if there is none."""
    own = known_own(library)
    for file in journals(library) if own else ():
        try:
            with reading_plain(file) as opened:
                first = next(whole_lines(opened), (0, b""))[1]
        except OSError:
            continue
        if not _origin(first, line_of(first), file, own)[0]:
            return file.stem.rpartition("-")[0]
    return None


def mark_undone(file: Path, kept: int, recorded: Recorded | None = None) -> None:
    """Record that a journal's action was undone, except for so many files that were kept.

    The line is signed if the journal was read as this user's own; then what a crash left of a line is cut off.
    """
    line = json.dumps({"op": "undone", "at": now(), "kept": kept}).encode("ascii")
    descriptor = open_plain(file, os.O_RDWR | os.O_APPEND)
    with os.fdopen(descriptor, "r+b", buffering=0) as journal:
        size = journal.seek(0, os.SEEK_END)
        if recorded is not None and recorded.chain is not None and not recorded.origin:
            journal.truncate(recorded.end)
            line, recorded.chain = recorded.chain.sign(line)
        elif size and (journal.seek(size - 1), journal.read(1))[1] != b"\n":
            line = b"\n" + line
        journal.write(line + b"\n")
        os.fsync(descriptor)


def _take(recorded: Recorded, number: int, start: int, text: bytes, own: Own | None) -> None:
    """Take a line in, or note that it is not as it was written."""
    line = line_of(text)
    if number == 1:
        recorded.origin, recorded.chain = _origin(text, line, recorded.file, own)
        _take_first(recorded, line or {})
    elif recorded.chain is not None and not recorded.chain.follows(text) and not _is_unsigned_mark(line):
        recorded.origin, recorded.chain = DAMAGED if line is None else CHANGED, None
        recorded.bad_line = number
    try:
        if line is None:
            raise BadLine
        recorded.take(start, text, line)
    except BadLine:
        recorded.origin = NEWER if recorded.origin == NEWER else DAMAGED
        recorded.bad_line = recorded.bad_line or number


def _take_first(recorded: Recorded, line: Line) -> None:
    recorded.action, recorded.began = _shown(line.get("action"), 1000), _shown(line.get("began"), 40)
    recorded.restricted = line.get("restricted") is True


def _shown(value: object, length: int) -> str:
    """Return a text that can be written anywhere; someone else's may be of any length and of no encoding."""
    text = value[:length] if isinstance(value, str) else "?"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _origin(text: bytes, line: Line | None, file: Path, own: Own | None) -> tuple[str, Chain | None]:
    """Return whose a journal is by its first line, and if it is this user's own the chain after that."""
    version = None if line is None else line.get("clipsearch")
    if line is None or type(version) is not int:
        return DAMAGED, None
    if version > VERSION:
        return NEWER, None
    if parted(text) is None:
        return UNSIGNED, None
    if own is None or line.get("key") != own.key_id:
        return OTHER_KEY, None
    if line.get("library") != own.library:
        return OTHER_LIBRARY, None
    chain = Chain(own, file)
    return ("", chain) if chain.follows(text) else (CHANGED, None)


def _is_unsigned_mark(line: Line | None) -> bool:
    """Return whether a line only says that all was undone, as an earlier version or another machine writes it."""
    return line is not None and line.get("op") == "undone" and "mac" not in line


def _mark(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=_MARK).digest()
