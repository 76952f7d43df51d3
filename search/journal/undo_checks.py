"""Whether what an action made is still there and as it was made, so that undoing it loses nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.files.away import is_marked
from indexer.files.content import digest_of, pieces
from indexer.files.plain import reading_plain
from indexer.paths import readable
from indexer.spelling import composed
from search.journal.acts import Act, seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

HAS_CTIME = os.name != "nt"  # where a status tells when a file was last changed in any way

SLACK = 2_000_000_000  # nanoseconds by which clocks and file systems' times may differ

SAME_CONTENT = "it is another file by now, if with the same content"  # as on drives whose inodes do not stay


class Changed(Exception):
    """A file is not as it was made; the message says how."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file that an action made, as it is found."""

    act: Act
    reading: Callable[[], BinaryIO]
    finished_ns: int | None  # when the action had ended, if it has

    def is_untouched(self, status: os.stat_result) -> bool:
        """Return whether a status alone shows that the file is as it was made."""
        made = self.act.state
        assert made is not None
        was = (made.device, made.inode, made.size, made.mtime_ns)
        if was != (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns):
            return False
        return not HAS_CTIME or (self.finished_ns is not None and status.st_ctime_ns <= self.finished_ns + SLACK)

    def digest(self) -> str:
        """Return the hash of its bytes as journals have it; raises OSError."""
        with self.reading() as file:
            return digest_of(pieces(file)).hex()


def folders_away(folders: Iterable[Path], made: Collection[Path]) -> dict[Path, str]:
    """Return the folders whose drive seems to be away, and what shows it; `made` are those that the action made."""
    signs = {folder: _sign_of_absence(folder, made) for folder in folders}
    return {folder: sign for folder, sign in signs.items() if sign is not None}


def _sign_of_absence(folder: Path, made: Collection[Path]) -> str | None:
    """Return what shows that a folder's drive is away, or None; a folder that was `made` may just have been deleted.

    An empty folder stays where a drive was mounted.
    """
    nearest = folder
    while nearest in made:
        nearest = nearest.parent
    if not os.path.isdir(nearest):
        return "its folder is not there"
    if not _is_empty(nearest):
        return None
    return "its folder is empty" if nearest == folder else f"{readable(nearest)} is empty"


def _is_empty(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is None
    except OSError:  # it is there, but can't be read
        return False


def check_there(act: Act, away: Mapping[Path, str]) -> None:
    """Raise Changed for a file that is gone with its drive, or that can't get its old content back."""
    if os.path.lexists(act.path):
        return
    if act.path.parent in away:
        raise Changed(f"{away[act.path.parent]}; check that its drive is there")
    if act.op == "replaced":
        raise Changed("it is gone, so it can't have its old content again")


def check_file(file: Made, status: os.stat_result, *, other_inode: bool) -> None:
    """Raise Changed unless a file is still as it was made; its bytes count if its status does not show that.

    With `other_inode`, the same bytes in another file in its place will do.
    """
    made = file.act.state
    if made is None or not stat.S_ISREG(status.st_mode):
        raise Changed("it is no longer a file")
    is_same_file = status.st_ino == made.inode
    if file.act.hard:
        if not is_same_file:
            raise Changed("it is another file by now")
        return  # its original is the same file, with the same changes
    if made.digest is None:
        raise Changed("nothing tells how it was made")
    if file.is_untouched(status):
        return
    if status.st_size != made.size or file.digest() != made.digest:
        raise Changed("it has changed since")
    if not (is_same_file or other_inode):
        raise Changed(SAME_CONTENT)


def check_original(act: Act, status: os.stat_result) -> None:
    """Raise Changed unless the file that was copied or linked is still there: else ours is the only one left."""
    if act.original is None:
        return
    original, shown = act.original.path, readable(act.original.path)
    if not os.path.isfile(original):
        raise Changed(f"its original is gone: {shown}")
    theirs = original.stat()
    if is_marked(theirs):
        raise Changed(f"its original is away, with a sync client: {shown}")
    is_one_file = os.path.samestat(status, theirs)
    if is_one_name(act.path, original) or original.is_symlink() or (is_one_file and not act.hard):
        raise Changed(f"its original is this very file by now, or a link: {shown}")
    if act.hard:
        if not is_one_file or theirs.st_nlink < 2:
            raise Changed(f"its original is another file by now: {shown}")
    elif not _holds_the_same(act, theirs):
        raise Changed(f"its original has changed since: {shown}")


def is_one_name(path: Path, other: Path) -> bool:
    """Return whether two paths are one name in one folder, by whatever way: a folder may be mounted twice."""
    names = (composed(name.name).casefold() for name in (path, other))
    return next(names) == next(names) and path.parent.samefile(other.parent)


def check_link(act: Act, link: str) -> None:
    """Raise Changed unless a symbolic link still leads to its original."""
    if act.original is None or link.removeprefix("\\\\?\\") != str(act.original.path):
        raise Changed("it leads elsewhere by now")


def _holds_the_same(act: Act, theirs: os.stat_result) -> bool:
    """Return whether an original is still as it was copied; if its status does not show that, its bytes do."""
    assert act.state is not None and act.original is not None
    if HAS_CTIME and act.original.seen == seen(theirs):
        return True
    if theirs.st_size != act.state.size:
        return False
    with reading_plain(act.original.path) as file:
        return digest_of(pieces(file)).hex() == act.state.digest
