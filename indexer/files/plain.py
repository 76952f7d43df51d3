"""Files in a folder that came from someone else: only plain files are opened, and new ones only made.

In a library that was passed on or synced, a name may be a link to somewhere else, or a pipe that never ends. Nothing
here follows a link in the last part of a path, or waits.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_ALWAYS = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _ALWAYS


def open_plain(path: Path | str, flags: int = os.O_RDONLY, *, folder: int | None = None) -> int:
    """Open a file that is there and return its descriptor; raises OSError if it is a link or no file.

    `folder` is the descriptor of the folder that the path is relative to.
    """
    has_flag = hasattr(os, "O_NOFOLLOW")
    if not has_flag and not stat.S_ISREG(os.stat(path, dir_fd=folder, follow_symlinks=False).st_mode):
        raise _no_file(path)
    try:
        descriptor = os.open(path, flags | _NO_LINK, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # a link; a pipe or socket
            raise _no_file(path) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _no_file(path)
    return descriptor


def reading_plain(path: Path | str, *, folder: int | None = None) -> BinaryIO:
    """Open a file to read its bytes; raises as `open_plain` does."""
    return os.fdopen(open_plain(path, folder=folder), "rb")


def open_new(path: Path | str, flags: int = os.O_WRONLY, *, mode: int = 0o666, folder: int | None = None) -> int:
    """Make a file that is not there, not even as a link, and return its descriptor; raises FileExistsError, OSError."""
    return os.open(path, flags | os.O_CREAT | os.O_EXCL | _ALWAYS, mode, dir_fd=folder)


def refuse_linked_lock(path: Path) -> None:
    """Raise OSError if a lock's file has a second name or is none: versions of filelock before 4 empty it."""
    with contextlib.suppress(FileNotFoundError):
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            raise _no_file(path)


def _no_file(path: Path | str) -> OSError:
    return OSError(errno.EINVAL, "It is a link or no file", str(path))
