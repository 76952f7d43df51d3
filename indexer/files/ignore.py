"""What a scan leaves out: hidden entries, system folders, and what the ignore files and --exclude name.

An ignore file holds for its folder and all below, and a deeper one wins over one further up; patterns.py says what
the lines of one file mean. As in git, nothing below a folder that is left out can be taken in again. Walks no
folders: that is scan.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from indexer.files.foreign import Unfit, read_foreign
from indexer.files.patterns import MOST_WORK, Level, Report
from indexer.paths import is_utf8

IGNORE_FILE = ".clipsearchignore"
LARGEST_IGNORE_FILE = 2**20  # bytes; no person writes a larger one
LONGEST_SHOWN = 100  # characters of a line in a message

# Folders that hold copies, thumbnails or deleted pictures, never a person's own; in lower case.
SYSTEM_FOLDERS = frozenset(
    (
        *(
            "@eadir",
            "@tmp",
            "@__thumb",
            ".@__thumb",
            "#snapshot",
            "@recently-snapshot",
            ".snapshot",
            ".snapshots",
            ".zfs",
        ),
        *("#recycle", "@recycle", "$recycle.bin", "recycler", "system volume information", "lost+found"),
        *(".trash", ".trashes", ".dtrash", ".stversions", ".stfolder", ".temporaryitems", "__macosx"),
        *(".spotlight-v100", ".fseventsd", ".documentrevisions-v100", ".thumbnails", ".cache", ".dropbox.cache"),
        *("node_modules", ".venv", ".git", ".hg", ".svn"),
    )
)
SYSTEM_PREFIXES = ("._", ".trash-")  # macOS' notes beside files on foreign drives; a drive's trash (.Trash-1000)
SYSTEM_SUFFIXES = (".lrdata",)  # Lightroom's previews

# Apple's photo libraries are folders with a database, thumbnails and previews; the originals are in one subfolder.
PHOTO_LIBRARIES = (".photoslibrary", ".photolibrary", ".migratedphotolibrary", ".aplibrary")
ORIGINALS = frozenset({"originals", "masters"})


@dataclass(frozen=True, slots=True)
class ScanRules:
    """What a root leaves out and takes in."""

    exclude: tuple[str, ...] = ()  # gitignore patterns relative to the root
    include_hidden: bool = False
    follow_links: bool = False


def is_system_name(name: str) -> bool:
    """Return whether a folder of this name belongs to a system or program, and is left out whatever the rules say."""
    lower = name.lower()
    return lower in SYSTEM_FOLDERS or lower.startswith(SYSTEM_PREFIXES) or lower.endswith(SYSTEM_SUFFIXES)


def is_passed_over(name: str) -> bool:
    """Return whether entries of this name are left out: hidden ones and system folders."""
    return name.startswith(".") or is_system_name(name)


def is_photo_library(folder: str) -> bool:
    """Return whether this is the name or path of an Apple photo library, of which only the originals are taken."""
    return folder.lower().endswith(PHOTO_LIBRARIES)


def is_out_of_view(path: str, below: str, rules: ScanRules) -> bool:
    """Return whether a scan of `below` never sees this path because of hidden or system parts.

    A person named the folder `below`, so its own parts may be hidden. Patterns don't count: what they leave out is
    meant to be forgotten.
    """
    inner = path.removeprefix(f"{below}/") if below else path
    parts = inner.split("/")
    passes = is_system_name if rules.include_hidden else is_passed_over
    if any(passes(part) for part in parts):
        return True
    holders = parts if inner == path else [below, *parts]
    return any(is_photo_library(holder) and part.lower() not in ORIGINALS for holder, part in pairwise(holders))


@dataclass(frozen=True, slots=True)
class Ignore:
    """The ignore files from the root down to a folder."""

    levels: tuple[Level, ...] = ()  # the deepest first

    def with_excludes(self, patterns: Iterable[str], report: Callable[[str], None]) -> Ignore:
        """Return this with the patterns of --exclude; report invalid ones."""
        lines = [f"\\{line}" if line.startswith("#") else line for line in patterns]  # no comments on a command line

        def report_line(line: str, reason: str) -> None:
            report(f"not a pattern for --exclude: {_shortened(line)}" if line else f"--exclude: {reason}")

        return self._with(lines, "", report_line)

    def with_file_in(self, folder: str, absolute: str, report: Callable[[Path, str], None]) -> Ignore:
        """Return this with the ignore file of a folder, if it has one; `absolute` is the folder's absolute path."""
        path = Path(absolute, IGNORE_FILE)
        lines = _lines(path, lambda reason: report(path, reason))
        numbers = {line: number for number, line in reversed(list(enumerate(lines, 1)))}

        def report_line(line: str, reason: str) -> None:
            report(path, f"line {numbers[line]} {reason}: {_shortened(line)}" if line else reason)

        return self._with(lines, folder, report_line)

    def _with(self, lines: Iterable[str], folder: str, report: Report) -> Ignore:
        room = MOST_WORK - sum(outer.work for outer in self.levels)
        level = Level.of(lines, _prefix(folder), report, room)
        return self if level is None else Ignore((level, *self.levels))

    def leaves_out(self, folder: str, name: str, is_folder: bool) -> bool:
        """Return whether an entry of a folder that is not left out is left out itself."""
        inner = _prefix(folder)
        verdicts = (level.verdict(inner, name, is_folder) for level in self.levels)
        return next((verdict for verdict in verdicts if verdict is not None), False)

    def kept(self, folder: str, entries: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        """Return the entries of a folder that are not left out."""
        if not self.levels:
            return entries
        inner = _prefix(folder)
        names = [entry.name for entry in entries]
        touched: set[str] = set().union(*(level.touched(inner, names) for level in self.levels))
        if not touched:
            return entries
        return [
            entry
            for entry in entries
            if entry.name not in touched or not self.leaves_out(folder, entry.name, _is_folder(entry))
        ]


def _shortened(line: str) -> str:
    """Return a line as a message can show it."""
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}..."


def _prefix(folder: str) -> str:
    """Return what the paths of a folder's entries begin with."""
    return f"{folder}/" if folder else ""


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _lines(path: Path, report: Callable[[str], None]) -> list[str]:
    """Return the lines of an ignore file; report one that can't be used."""
    try:
        content = read_foreign(path, LARGEST_IGNORE_FILE)
    except FileNotFoundError:
        return []
    except Unfit as reason:
        report(f"{reason}; its patterns are not applied")
        return []
    except OSError as error:
        report(f"the ignore file can't be read, its patterns are not applied: {error.strerror}")
        return []
    if b"\0" in content:
        report("not a text file in UTF-8; its patterns are not applied")
        return []
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    if not is_utf8(text):
        report("not in UTF-8; such lines match only names written with the same bytes")
    return [line.removesuffix("\r") for line in text.split("\n")]
