"""Copies of files, links and folders outside the library, each recorded in a journal before it is made.

Nothing is overwritten, and a file gets its name only when it is whole.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.files.away import why_missing
from indexer.files.content import digest_of, pieces
from indexer.files.whole import rename_new
from search.journal.acts import Original
from search.journal.journal import Journal
from search.journal.journal_files import FileState
from search.journal.os_errors import system_words

if TYPE_CHECKING:
    from typing import BinaryIO


class OriginalUnreadable(Exception):
    """A file to copy or link is gone, is no file, or can't be read; the message says which."""


def make_folders(journal: Journal, folder: Path) -> None:
    """Make a folder and the missing ones above it; raises OSError."""
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        if folder.parent == folder:
            break
        folder = folder.parent
    for path in reversed(missing):
        if os.path.lexists(path):
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(path))
        journal.made_folder(path)
        path.mkdir()


def copy_file(journal: Journal, original: Path, path: Path) -> None:
    """Copy a file's bytes and its modification time to a new name.

    Raises FileExistsError if the name is taken, OriginalUnreadable, or OSError if the copy can't be written.
    """
    refuse_taken(path)
    with _reading(original) as source, _unfinished(journal, path.parent) as part:
        state = _copied(source, part)
        real = Path(os.path.realpath(original))
        journal.made_file(path, state, Original.of(real, os.fstat(source.fileno())))
        with or_not_made(journal, path):
            rename_new(part, path)


def hard_link(journal: Journal, original: Path, path: Path) -> None:
    """Give a file a second name; raises as copy_file does, and OSError in NO_HARD_LINKS where there can be none."""
    real = Path(os.path.realpath(original))  # a link's own inode would be linked on some systems
    try:
        status = real.stat()
    except FileNotFoundError as error:
        raise OriginalUnreadable(why_missing(real)) from error
    except OSError as error:
        raise OriginalUnreadable(system_words(error)) from error
    refuse_taken(path)
    journal.made_file(path, FileState.of(status), Original(real), hard=True)
    with or_not_made(journal, path):
        os.link(real, path)


def symbolic_link(journal: Journal, original: Path, path: Path) -> None:
    """Make a symbolic link to a file; raises as copy_file does."""
    if not os.path.isfile(original):
        raise OriginalUnreadable(why_missing(original))
    refuse_taken(path)
    journal.made_link(path, original)
    with or_not_made(journal, path):
        path.symlink_to(original)


def link_together(journal: Journal, pairs: Iterable[tuple[Path, Path]], kind: str) -> dict[Path, str]:
    """Link originals to new paths, all recorded before any is made; return how each that could be made was: "hard",
    or "symbolic" if that is the kind, or if it is "auto" and the folder is on another drive.

    Of the others nothing is left; linked one by one they say why.
    """
    with journal.together():
        recorded = [(*pair, how) for pair in pairs if (how := _recorded_link(journal, *pair, kind))]
    made = {}
    with journal.together():
        for original, path, how in recorded:
            try:
                os.link(os.path.realpath(original), path) if how == "hard" else path.symlink_to(original)
            except OSError:
                journal.not_made(path)
            else:
                made[path] = how
    return made


def _recorded_link(journal: Journal, original: Path, path: Path, kind: str) -> str | None:
    """Record a link that is about to be made, and return of which kind; None if there is no file to link."""
    real = Path(os.path.realpath(original))
    try:
        status, device = real.stat(), path.parent.stat().st_dev
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    if kind == "symbolic" or (kind == "auto" and status.st_dev != device):
        journal.made_link(path, original)
        return "symbolic"
    journal.made_file(path, FileState.of(status), Original(real), hard=True)
    return "hard"


@contextlib.contextmanager
def new_file(journal: Journal, path: Path) -> Iterator[BinaryIO]:
    """Give a new file to write to, which gets its name at the end of the block; raises as copy_file does.

    One into which nothing was written is not made.
    """
    refuse_taken(path)
    with _unfinished(journal, path.parent) as part:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        status = part.stat()
        if not status.st_size:
            return
        with part.open("rb") as written:
            state = FileState.of(status, digest_of(pieces(written)).hex())
        journal.made_file(path, state)
        with or_not_made(journal, path):
            rename_new(part, path)


def original_bytes(original: Path) -> bytes:
    """Return the bytes of a file that is copied into another; raises OriginalUnreadable."""
    with _reading(original) as source:
        return b"".join(_readable_pieces(source))


def refuse_taken(path: Path) -> None:
    """Raise FileExistsError if a name is taken, even by a broken link."""
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "exists", str(path))


@contextlib.contextmanager
def or_not_made(journal: Journal, path: Path) -> Iterator[None]:
    """Record that what was just recorded failed, so that undo takes no other program's file for ours."""
    try:
        yield
    except OSError:
        journal.not_made(path)
        raise


@contextlib.contextmanager
def _reading(original: Path) -> Iterator[BinaryIO]:
    """Open a file to copy it."""
    try:
        if not os.path.isfile(original):  # opening a FIFO would block
            raise OriginalUnreadable("not a file" if os.path.lexists(original) else why_missing(original))
        file = original.open("rb")
    except OSError as error:
        raise OriginalUnreadable(system_words(error)) from error
    with file:
        yield file


@contextlib.contextmanager
def _unfinished(journal: Journal, folder: Path) -> Iterator[Path]:
    """Yield a name for a file that is being written; nothing of it is left afterwards."""
    part = journal.part(folder)
    journal.unfinished(part)
    try:
        yield part
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _copied(source: BinaryIO, part: Path) -> FileState:
    """Copy a file's bytes, hash them on the way, and return the copy's state."""
    with part.open("xb") as copy:
        digest = digest_of(_written(_readable_pieces(source), copy))
        copy.flush()
        os.fsync(copy.fileno())
    status = os.fstat(source.fileno())
    os.utime(part, ns=(status.st_atime_ns, status.st_mtime_ns))
    return FileState.of(part.stat(), digest.hex())


def _written(content: Iterable[bytes], copy: BinaryIO) -> Iterator[bytes]:
    """Write pieces of bytes, and yield each."""
    for piece in content:
        copy.write(piece)
        yield piece


def _readable_pieces(source: BinaryIO) -> Iterator[bytes]:
    """Yield the pieces of an original; raises OriginalUnreadable, for instance if the drive fails."""
    try:
        yield from pieces(source)
    except OSError as error:
        raise OriginalUnreadable(system_words(error)) from error
