"""Read files that may come from anyone: only regular ones, and of small kinds never more than a file of the kind has.

A pipe or device under such a name would never end, or wait for its other end; so would a link to one. A sparse file
states terabytes. Neither is read.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from indexer.wording import too_large

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


class Unfit(ValueError):
    """A file is not read; the message says what it is, such as "larger than 16 MiB"."""


class TooLarge(Unfit):
    """It is larger than a file of its kind may be."""


def open_foreign(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a regular file to read it; raises Unfit for a pipe, a device or a folder, and OSError."""
    _check(Path(path).stat())  # opening may itself do something to a device
    file = open(os.open(path, _FLAGS), "rb")  # noqa: PTH123, SIM115
    try:
        _check(os.fstat(file.fileno()))
    except BaseException:
        file.close()
        raise
    return file


def read_foreign(path: str | os.PathLike[str], largest: int) -> bytes:
    """Return the content of a regular file of at most so many bytes; raises Unfit and OSError."""
    with open_foreign(path) as file:
        if os.fstat(file.fileno()).st_size > largest:
            raise TooLarge(too_large(largest))
        content = file.read(largest + 1)
    if len(content) > largest:  # it grows, or is one of those in /proc
        raise TooLarge(too_large(largest))
    return content


def _check(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unfit("not a regular file")
