"""Files for the decoders: the pictures of a source as they wait to be decoded, each in a folder of its own.

A picture keeps its name and has its sidecars beside it, so that dates and notes come out as in a folder of pictures.
What a source gives as a local file is read where it is.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from indexer.engine.job import Job
from indexer.errors import ClipsearchError, UnreachablePicture, reason_of
from indexer.files.content import SPOOL_LOCK, SPOOL_PREFIX
from indexer.files.found import FoundFile, found_file
from indexer.store.roots import Root

if TYPE_CHECKING:
    from filelock import FileLock

    from indexer.sources.item import Item

ALONE = "alone-"  # begins the name of a folder with one picture and no sidecar
NEW = 60.0  # seconds
LONGEST_NAME = 180  # bytes: with a sidecar's suffix it fits any file system
_SEPARATORS = re.compile(r"[/\\]")
_UNFIT = re.compile('[\0<>:"|?*]' if os.name == "nt" else "\0")


class Spool:
    """A temporary folder that is gone with the block, whatever happens in it."""

    def __init__(self, parent: Path | None = None) -> None:
        """Take where to make it; by default where the system keeps temporary files."""
        self._parent = parent
        self._folder: Path | None = None
        self._free: deque[Path] = deque()
        self._lock: FileLock | None = None  # held as long as it is in use

    def __enter__(self) -> Spool:
        from filelock import FileLock

        try:
            _remove_left(self._parent or Path(tempfile.gettempdir()))
            self._folder = Path(tempfile.mkdtemp(prefix=SPOOL_PREFIX, dir=self._parent))
            self._lock = FileLock(self._folder / SPOOL_LOCK)
            self._lock.acquire(timeout=0)
        except OSError as error:
            raise self.no_room(error) from error
        return self

    def __exit__(self, *raised: object) -> None:
        if self._lock is not None:
            self._lock.release()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def folder(self) -> Path:
        """The folder, in the block."""
        assert self._folder is not None
        return self._folder

    @contextmanager
    def for_shard(self) -> Iterator[Path]:
        """Yield a folder in it into which a shard may put what is too large for the memory."""
        folder = Path(tempfile.mkdtemp(prefix="shard-", dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def put(self, number: int, item: Item) -> tuple[Job, int]:
        """Return the job for a picture, whose root has that number, and how many bytes it takes here.

        Raises UnreachablePicture for a local file that can't be examined, ClipsearchError if there is no room.
        """
        content = item.content
        if isinstance(content, Path) and content.name == item.name and self.folder not in content.parents:
            return _in_place(number, content), 0
        try:
            return self._written(number, item)
        except OSError as error:
            raise self.no_room(error) from error

    def drop(self, job: Job) -> None:
        """Remove what `put` wrote for a job; a folder that held nothing but the picture is used again."""
        folder = job.root.path
        if folder.parent != self.folder:
            return
        if folder.name.startswith(ALONE):
            with contextlib.suppress(OSError):
                job.path.unlink()
                self._free.append(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)

    def _written(self, number: int, item: Item) -> tuple[Job, int]:
        folder = self._folder_for(number, item)
        path = folder / safe_name(item.name)
        if isinstance(item.content, Path):
            size = item.content.stat().st_size
            self._bring(item.content, path)
        else:
            path.write_bytes(item.content)
            size = len(item.content)
        for suffix, content in item.beside.items():
            (folder / (path.name + safe_name(suffix))).write_bytes(content)
        return Job(Root(number, folder, None), FoundFile(path.name, size, 0)), size

    def _folder_for(self, number: int, item: Item) -> Path:
        """Return an empty folder: where there were sidecars, names that were read may be remembered too long."""
        if not item.beside:
            with contextlib.suppress(IndexError):
                return self._free.pop()
        folder = self.folder / f"{'with-' if item.beside else ALONE}{number:x}"
        folder.mkdir()
        return folder

    def _bring(self, content: Path, path: Path) -> None:
        """Put a local file under its picture's name: a source's own is moved, any other stays as it is."""
        if self.folder in content.parents:
            content.replace(path)
        elif os.name == "nt":  # where a link needs special rights
            shutil.copyfile(content, path)
        else:
            path.symlink_to(content.absolute())

    def no_room(self, error: OSError) -> ClipsearchError:
        """Return the error that says that nothing can be written here."""
        folder = self._parent or Path(tempfile.gettempdir())
        return ClipsearchError(
            f"Pictures can't be kept in {folder} until they are decoded ({reason_of(error)}); "
            "make room there, or set TMPDIR to another folder."
        )


def _remove_left(parent: Path) -> None:
    """Remove what killed runs left: folders whose lock nobody holds any more."""
    from filelock import FileLock, Timeout

    for folder in parent.glob(f"{SPOOL_PREFIX}*"):
        try:
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
                continue  # a link to another folder, or another user's
            if time.time() - status.st_mtime < NEW:
                continue  # its owner may be about to lock it
            with FileLock(folder / SPOOL_LOCK, timeout=0):
                pass
        except (Timeout, OSError):  # in use
            continue
        shutil.rmtree(folder, ignore_errors=True)


def safe_name(name: str) -> str:
    """Return the name of a file in a folder for one that a source gives, which may be anything."""
    base = _UNFIT.sub("_", _SEPARATORS.split(name)[-1])
    base = base if _is_file_name(base) else base.encode("utf-8", "replace").decode()
    if base in ("", ".", ".."):
        return "picture"
    if len(os.fsencode(base)) <= LONGEST_NAME:
        return base
    suffix = PurePath(base).suffix[:16]
    return os.fsdecode(os.fsencode(base)[: LONGEST_NAME - len(os.fsencode(suffix))]) + suffix


def _is_file_name(name: str) -> bool:
    """Return whether a text can be the name of a file: its surrogates are those of PEP 383."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True


def _in_place(number: int, path: Path) -> Job:
    """Return the job for a local file."""
    try:
        return Job(Root(number, path.parent, None), found_file(path.name, path.stat()))
    except OSError as error:
        raise UnreachablePicture(reason_of(error)) from error
