"""Taking back one act after the other, each checked as strictly as it was done; nothing is removed on trust.

The last thing before each removal is another look at the very file that was checked.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from indexer.files.plain import reading_plain
from indexer.files.whole import PART_PREFIX
from search.journal.acts import Act, Old, is_within, seen
from search.journal.journal_files import FILES, action_id, old_file, part_file
from search.journal.os_errors import system_words
from search.journal.pictures import Pictures
from search.journal.places import Place, held, leads_straight
from search.journal.recorded import Recorded
from search.journal.undo_checks import Changed, Made, check_file, check_link, check_original, check_there
from search.journal.writing import take_after

PIECE = 1 << 20  # bytes
MOST_OLD = 1 << 30  # bytes of old content that someone else's journal may say; it may be a sparse file of any size
NOT_EMPTY = (errno.ENOTEMPTY, errno.EEXIST)


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an action did, or would do."""

    removed: list[Path] = field(default_factory=list)  # files and links
    restored: list[Path] = field(default_factory=list)  # files that have their old content again
    folders: list[Path] = field(default_factory=list)  # empty ones that were removed
    kept: list[tuple[Path, str]] = field(default_factory=list)  # files that are not as they were made, and why
    failed: list[tuple[Path, str]] = field(default_factory=list)  # files that the system refused, and why


class TakingBack:
    """The undoing of one action that is under way."""

    def __init__(
        self, recorded: Recorded, away: Mapping[Path, str], pictures: Pictures, *, dry_run: bool, loose: bool
    ) -> None:
        """Take a journal, the folders whose drive is away, and the library's pictures.

        If `loose`, a file with the same bytes in the place of one that was made is taken back too.
        """
        self.done = Undone()
        self.folders: set[Path] = set()  # in which something may have changed
        self._recorded, self._away, self._pictures = recorded, away, pictures
        self._dry_run, self._loose = dry_run, loose
        self._gone: set[Path] = set()  # in a dry run: what would be

    def take_back(self, act: Act) -> None:
        """Take back one act, or note why it is kept."""
        try:
            if act.op in FILES and act.path not in self._gone:
                check_there(act, self._away)
            if os.path.lexists(act.path) and act.path not in self._gone:
                self._check_place(act)
                with held(act.path.parent) as place:
                    self._take_back(act, place)
            self.folders.add(act.path.parent)
        except Changed as change:
            self.done.kept.append((act.path, str(change)))
        except OSError as error:
            self.done.failed.append((act.path, system_words(error)))

    def _check_place(self, act: Act) -> None:
        """Raise Changed for what is in no folder that the action was for."""
        recorded = self._recorded
        if not recorded.restricted or is_within(act.path, recorded.within):
            return
        if act.op != "folder" or not any(act.path in folder.parents for folder in recorded.within):
            raise Changed("it is in no folder that the action was for")

    def _take_back(self, act: Act, place: Place) -> None:
        """Take back one act; raises Changed if it must be kept, or OSError."""
        match act.op:
            case "folder":
                self._folder(act, place)
            case "unfinished":
                self._unfinished(act, place)
            case "link":
                self._link(act, place)
            case "file":
                self._file(act, place)
            case "replaced":
                self._replaced(act, place)

    def _folder(self, act: Act, place: Place) -> None:
        if not stat.S_ISDIR(place.status(act.path.name).st_mode) or not leads_straight(act.path):
            return
        if self._dry_run:
            if not set(act.path.iterdir()) <= self._gone:
                return
            self._gone.add(act.path)
        else:
            try:
                place.remove_folder(act.path.name)
            except OSError as error:
                if error.errno in NOT_EMPTY:
                    return
                raise
        self.done.folders.append(act.path)

    def _unfinished(self, act: Act, place: Place) -> None:
        """Remove what was left of a file under the name that only this action gave."""
        ours = rf"{re.escape(PART_PREFIX + action_id(self._recorded.file))}(-[0-9]+)?\.part"
        status = place.status(act.path.name)
        if not re.fullmatch(ours, act.path.name) or not stat.S_ISREG(status.st_mode):
            raise Changed("it has no name that clipsearch gives to files while it writes them, or is no file")
        self._remove(act, place, status)
        if self._recorded.origin:  # whoever is asked must know of each
            self.done.removed.append(act.path)

    def _link(self, act: Act, place: Place) -> None:
        status = place.status(act.path.name)
        if not stat.S_ISLNK(status.st_mode):
            raise Changed("it is no longer a link")
        check_link(act, place.link(act.path.name))
        self._remove(act, place, status)
        self.done.removed.append(act.path)

    def _file(self, act: Act, place: Place) -> None:
        status = place.status(act.path.name)
        check_file(self._made(act, place), status, other_inode=self._loose)
        check_original(act, status)
        if act.original is not None and self._pictures.has(act.path):
            raise Changed("it is a picture of the library itself by now; delete it by hand if you want to")
        self._remove(act, place, status)
        self.done.removed.append(act.path)

    def _replaced(self, act: Act, place: Place) -> None:
        name, old, status = act.path.name, act.old, place.status(act.path.name)
        assert old is not None
        if stat.S_ISREG(status.st_mode) and status.st_size == old.size and self._has_old(place, name, old):
            return  # it was never replaced, or has been restored already
        check_file(self._made(act, place), status, other_inode=True)  # it may have been restored in part before
        self._kept_size(old)
        if not self._dry_run:
            self._restore(place, name, old, status)
        self.done.restored.append(act.path)

    def _made(self, act: Act, place: Place) -> Made:
        finished = None if self._recorded.origin else self._recorded.finished_ns
        return Made(act, lambda: place.reading(act.path.name), finished)

    def _remove(self, act: Act, place: Place, checked: os.stat_result) -> None:
        """Remove the file or link that was checked."""
        if self._dry_run:
            self._gone.add(act.path)
            return
        _check_same(place.status(act.path.name), checked)
        place.remove(act.path.name)

    def _restore(self, place: Place, name: str, old: Old, checked: os.stat_result) -> None:
        """Give a file its old content, mode and time again."""
        part = part_file(place.folder, action_id(self._recorded.file)).name
        with contextlib.suppress(FileNotFoundError):
            place.remove(part)
        try:
            with place.making(part) as file, place.reading(name) as replaced:
                self._write_old(file, old)
                file.flush()
                by_descriptor = os.chmod in os.supports_fd
                new: int | Path = file.fileno() if by_descriptor else place.folder / part
                take_after(new, replaced.fileno() if by_descriptor else place.folder / name)
                os.chmod(new, old.mode)  # noqa: PTH101  # it may be a descriptor
                os.utime(new, ns=(old.mtime_ns, old.mtime_ns))
                os.fsync(file.fileno())
            _check_same(place.status(name), checked)
            place.replace(part, name)
        except BaseException:
            with contextlib.suppress(OSError):
                place.remove(part)
            raise

    def _write_old(self, file: BinaryIO, old: Old) -> None:
        if old.sha256 not in (None, _sha256(_written(self._old_pieces(old), file))):
            raise Changed("its old content is not in the journal as it was")

    def _has_old(self, place: Place, name: str, old: Old) -> bool:
        """Return whether a file has its old content, byte for byte."""
        with place.reading(name) as file:
            now = _sha256(iter(lambda: file.read(PIECE), b""))
        if old.sha256 is not None:
            return now == old.sha256
        with contextlib.suppress(Changed, OSError):
            return now == _sha256(self._old_pieces(old))
        return False

    def _kept_size(self, old: Old) -> None:
        """Raise Changed unless the old content can be in the file beside the journal."""
        if self._recorded.origin and old.size > MOST_OLD:
            raise Changed("its old content is too large for a file that clipsearch writes")
        with reading_plain(old_file(self._recorded.file)) as file:
            if os.fstat(file.fileno()).st_size < old.at + old.size:
                raise Changed("its old content is not in the journal")

    def _old_pieces(self, old: Old) -> Iterator[bytes]:
        """Yield the old content; raises Changed if not all of it is there."""
        with reading_plain(old_file(self._recorded.file)) as file:
            file.seek(old.at)
            left = old.size
            while left:
                piece = file.read(min(left, PIECE))
                if not piece:
                    raise Changed("its old content is not in the journal")
                left -= len(piece)
                yield piece


def _sha256(content: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in content:
        digest.update(piece)
    return digest.hexdigest()


def _written(content: Iterable[bytes], file: BinaryIO) -> Iterator[bytes]:
    """Write pieces of bytes, and yield each."""
    for piece in content:
        file.write(piece)
        yield piece


def _check_same(now: os.stat_result, checked: os.stat_result) -> None:
    """Raise Changed if a file is not the one that was checked, or has changed meanwhile."""
    if seen(now) != seen(checked):
        raise Changed("it has just been changed")
