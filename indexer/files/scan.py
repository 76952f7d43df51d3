"""Walk a root and list the picture files in it.

Reads directory entries and ignore files; opens no picture. Symbolic links are followed only if the rules say so, and
never to what the walk finds at its real path, so nothing is found twice and no loop can trap the walk; a link that
loops or leads nowhere is reported.
"""

from __future__ import annotations

import os
import stat
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path

from indexer.files.away import PLACEHOLDERS, SHOWS_MARKS, is_marked, stands_for
from indexer.files.formats import missing_extra, picture_suffixes, suffix_of
from indexer.files.found import (
    Away,
    FolderPictures,
    Found,
    OnProblem,
    PassedOver,
    Problem,
    Signature,
    SkippedLink,
    Unread,
    signature_of,
)
from indexer.files.ignore import (
    IGNORE_FILE,
    ORIGINALS,
    Ignore,
    ScanRules,
    is_out_of_view,
    is_photo_library,
    is_system_name,
)
from indexer.files.links import Links

_by_name = attrgetter("name")


def scan(
    root: Path,
    below: str,
    on_problem: OnProblem,
    rules: ScanRules = ScanRules(),  # noqa: B008
) -> Iterator[Found]:
    """Yield the picture files of the subtree `below` of a root, folder by folder, sorted by name.

    `below` is "" for all, a folder, or a single file. A folder counts as named by a person and may be hidden; the
    ignore files above it still hold.
    """
    return _Walk(root, below, on_problem, rules).entries()


class _Walk:
    """The state of one scan."""

    def __init__(self, root: Path, below: str, on_problem: OnProblem, rules: ScanRules) -> None:
        self.root = os.fspath(root)
        self.base = os.path.join(root, "")
        self.below = below
        self.on_problem = on_problem
        self.rules = rules
        self.suffixes = picture_suffixes()
        self.extras: dict[str, str | None] = {}  # that the suffixes met so far would need
        self.pending: list[tuple[str, Ignore]] = []  # folders, the next one last
        self.links = Links(self.root, below, rules, self._is_picture_name, self._no_file)

    def entries(self) -> Iterator[Found]:
        """Yield what is in real folders, then in those behind links, then single pictures behind links."""
        yield from self._start()
        while self.pending or self.links.folders:
            folder, ignore = self.pending.pop() if self.pending else self.links.folders.pop(0)
            if self.rules.follow_links and not self.links.is_new(folder):
                continue
            try:
                with self._opened(folder) as handle:
                    yield from self._in_folder(folder, handle, ignore)
            except OSError as error:
                self._problem(folder, f"the folder can't be read: {error.strerror}")
                yield Unread(folder)
        for path, status in self.links.pictures():
            if isinstance(status, OSError):
                yield self._unexamined(path, status)
            else:
                yield from self._file(path, status)

    @contextmanager
    def _opened(self, folder: str) -> Iterator[int | str]:
        """Open a folder where the system can, which saves resolving the whole path for every file (a sixth less)."""
        absolute = self.base + folder if folder else self.root
        if os.scandir not in os.supports_fd:
            yield absolute
            return
        handle = os.open(absolute, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield handle
        finally:
            os.close(handle)

    def _in_folder(self, folder: str, handle: int | str, ignore: Ignore) -> Iterator[Found]:
        """Yield what is in one folder, and note its subfolders and links."""
        listing, hidden, ignore = self._listing(folder, handle, ignore)
        others: list[os.DirEntry[str]] = []
        yield from self._pictures(folder, listing, others)
        yield from self._others(folder, others, ignore)
        if placeholders := [entry.name for entry in hidden + others if entry.name.lower().endswith(PLACEHOLDERS)]:
            yield from self._away(folder, placeholders, {entry.name for entry in listing}, ignore)

    def _away(self, folder: str, placeholders: Sequence[str], there: Set[str], ignore: Ignore) -> Iterator[Away]:
        """Yield the pictures that placeholders stand for, unless they are there or would be left out."""
        for name in sorted({name for placeholder in placeholders if (name := stands_for(placeholder))} - there):
            is_left_out = is_out_of_view(name, "", self.rules) or ignore.leaves_out(folder, name, False)
            if self._is_picture_name(name) and not is_left_out:
                yield Away(_join(folder, name))

    def _problem(self, path: str, reason: str) -> None:
        self.on_problem(Problem(Path(self.base + path), reason))

    def _no_file(self, path: str, reason: str) -> None:
        self.on_problem(Problem(Path(self.base + path), reason, standing=True))

    def _bad_patterns(self, path: Path, reason: str) -> None:
        self.on_problem(Problem(path, reason))

    def _start(self) -> Iterator[Found]:
        """Start at `below`, if the ignore files above it let it through; a single file is yielded at once."""
        ignore = Ignore().with_excludes(self.rules.exclude, lambda reason: self._problem("", reason))
        if self.below and self.rules.follow_links:
            self.links.is_new("")  # a link to a folder around the root must not bring in the root again
        folder = ""
        for name in self.below.split("/") if self.below else ():
            ignore = ignore.with_file_in(folder, self.base + folder, self._bad_patterns)
            path = _join(folder, name)
            absolute = self.base + path
            if ignore.leaves_out(folder, name, os.path.isdir(absolute)):
                return
            if os.path.lexists(absolute) and not os.path.isdir(absolute):
                yield from self._single(path, ignore)
                return
            if Path(absolute).is_symlink() and not self.rules.follow_links:
                yield SkippedLink(Path(absolute))
                return
            folder = path
        self.pending.append((self.below, ignore))

    def _single(self, path: str, ignore: Ignore) -> Iterator[Found]:
        """Yield the requested file, if its name and those of its folders let it through."""
        if path != self.below:  # what was a folder has become a file
            self.pending.append((self.below, ignore))
        elif is_out_of_view(path, path, self.rules):
            return
        elif Path(self.base + path).is_symlink():
            yield from self._link(path, ignore)
        else:
            yield from self._file(path, os.lstat(self.base + path))

    def _file(self, path: str, status: os.stat_result) -> Iterator[Found]:
        """Yield a file, or that it needs an extra; report what has a picture's name but is not a regular file."""
        regular = stat.S_ISREG(status.st_mode)
        if not self._is_picture_name(path):
            extra = self._missing_extra(suffix_of(path)) if regular else None
            if extra is not None:
                yield PassedOver(path, extra)
        elif regular:
            yield Away(path) if is_marked(status) else FolderPictures([signature_of(path, status)])
        else:
            self._no_file(path, "not a regular file")

    def _is_picture_name(self, path: str) -> bool:
        return suffix_of(path) in self.suffixes

    def _missing_extra(self, suffix: str) -> str | None:
        if suffix not in self.extras:
            self.extras[suffix] = missing_extra(suffix)
        return self.extras[suffix]

    def _listing(
        self, folder: str, handle: int | str, ignore: Ignore
    ) -> tuple[list[os.DirEntry[str]], list[os.DirEntry[str]], Ignore]:
        """Return the entries of a folder that are looked at, by name, those that are not, and the patterns that hold.

        Of the latter all that are hidden, and what may be a placeholder: who leaves those out means no pictures.
        """
        absolute = self.base + folder if folder else self.root
        with os.scandir(handle) as scanned:
            entries: list[os.DirEntry[str]] = sorted(scanned, key=_by_name)
        position = bisect_left(entries, IGNORE_FILE, key=_by_name)
        if position < len(entries) and entries[position].name == IGNORE_FILE:
            ignore = ignore.with_file_in(folder, absolute, self._bad_patterns)
        # names that begin alike are neighbours: "/" comes after ".", and "`" after "_"
        first, end = ("._", ".`") if self.rules.include_hidden else (".", "/")
        passed_over = slice(bisect_left(entries, first, key=_by_name), bisect_left(entries, end, key=_by_name))
        hidden = entries[passed_over]
        del entries[passed_over]
        if is_photo_library(os.path.realpath(absolute) if self.rules.follow_links else absolute):
            entries = [entry for entry in entries if entry.name.lower() in ORIGINALS]
        kept = ignore.kept(folder, entries)
        if len(kept) < len(entries):
            hidden += [entry for entry in entries if entry.name.lower().endswith(PLACEHOLDERS)]
        return kept, hidden, ignore

    def _pictures(
        self, folder: str, entries: list[os.DirEntry[str]], others: list[os.DirEntry[str]]
    ) -> Iterator[Found]:
        """Yield the pictures of a folder, and add the other entries to `others`.

        Every picture of a library comes through here in every run: two comprehensions, one stat, no function call.
        """
        prefix, suffixes = _join(folder, ""), self.suffixes
        try:
            pictures = [
                entry
                for entry in entries
                if entry.name[entry.name.rfind(".") :].lower() in suffixes and entry.is_file(follow_symlinks=False)
            ]
            files: list[Signature] = [
                (
                    prefix + entry.name,
                    (status := entry.stat(follow_symlinks=False)).st_size,
                    status.st_mtime_ns,
                    status.st_ctime_ns,
                )
                for entry in pictures
            ]
        except OSError:
            yield from self._one_by_one(prefix, entries, others)
            return
        if len(pictures) < len(entries):
            taken = set(pictures)
            others += [entry for entry in entries if entry not in taken]
        if SHOWS_MARKS and (away := {prefix + entry.name for entry in pictures if is_marked(_status(entry))}):
            files = [file for file in files if file[0] not in away]
            yield from map(Away, sorted(away))
        if files:
            yield FolderPictures(files)

    def _one_by_one(
        self, prefix: str, entries: list[os.DirEntry[str]], others: list[os.DirEntry[str]]
    ) -> Iterator[Found]:
        """Do the same for a folder with an entry that can't be examined."""
        for entry in entries:
            try:
                if self._is_picture_name(entry.name) and entry.is_file(follow_symlinks=False):
                    yield from self._file(prefix + entry.name, _status(entry))
                else:
                    others.append(entry)
            except OSError as error:
                yield self._unexamined(prefix + entry.name, error)

    def _unexamined(self, path: str, error: OSError) -> Unread:
        self._problem(path, f"the file can't be examined: {error.strerror}")
        return Unread(path)

    def _others(self, folder: str, entries: list[os.DirEntry[str]], ignore: Ignore) -> Iterator[Found]:
        """Note the subfolders and links among the other entries of a folder; yield files that need an extra."""
        subfolders = []
        for entry in entries:
            path = _join(folder, entry.name)
            try:
                if entry.is_symlink():
                    if not is_system_name(entry.name):
                        yield from self._link(path, ignore)
                elif entry.is_dir(follow_symlinks=False):
                    if not is_system_name(entry.name):
                        subfolders.append((path, ignore))
                elif self._is_picture_name(path) or self._missing_extra(suffix_of(path)) is not None:
                    yield from self._file(path, entry.stat(follow_symlinks=False))
            except OSError as error:
                yield self._unexamined(path, error)
        self.pending.extend(reversed(subfolders))

    def _link(self, path: str, ignore: Ignore) -> Iterator[SkippedLink]:
        """Note a working link, or yield it as skipped."""
        target = self.links.target_of(path)
        if target is not None and not self.rules.follow_links:
            yield SkippedLink(Path(self.base + path))
        elif target is not None:
            self.links.follow(path, target, ignore)


def _status(entry: os.DirEntry[str]) -> os.stat_result:
    """Return the status of an entry itself, which is asked for once."""
    return entry.stat(follow_symlinks=False)


def _join(folder: str, name: str) -> str:
    """Return the path of an entry of a folder, relative to the root."""
    return f"{folder}/{name}" if folder else name
