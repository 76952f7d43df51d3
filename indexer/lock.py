"""One writer at a time: who indexes a library holds its lock, and says who it is.

Queries take no lock. The lock is the operating system's, on a file, so it is gone with its process however that ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from indexer.errors import LibraryBusy, LibraryError
from indexer.paths import readable
from indexer.store import Store, now

LOCK_NAME = "index.lock"
HOLDER_NAME = "index.holder"


@contextlib.contextmanager
def only_writer(store: Store) -> Iterator[None]:
    """Hold a library's lock for the with-block; a library in memory needs none.

    Raises LibraryBusy, with the holder's name, if another process holds it.
    """
    if store.folder is None:
        yield
        return
    with _opened(store.folder) as file:
        try:
            _lock(file.fileno())
        except (BlockingIOError, PermissionError) as error:
            raise LibraryBusy(
                f"The library {readable(str(store.folder))} is being indexed by {_holder(store.folder)}; "
                "queries can go on, but wait with this until that has finished."
            ) from error
        except OSError as error:  # some network drives have no locks
            raise _unusable(store.folder, "locked", error) from error
        try:
            _sign(store.folder)
            yield
        finally:
            with contextlib.suppress(OSError):
                (store.folder / HOLDER_NAME).unlink()


def _opened(folder: Path) -> BinaryIO:
    """Open the lock file."""
    try:
        return (folder / LOCK_NAME).open("ab")
    except OSError as error:
        raise _unusable(folder, "written to", error) from error


def _unusable(folder: Path, what: str, error: OSError) -> LibraryError:
    """Return the error for a folder that can't be locked or written to."""
    return LibraryError(
        f"The library's folder {readable(str(folder))} can't be {what} ({error.strerror}); "
        "check its permissions and its drive, or give another --library."
    )


def _lock(file: int) -> None:
    """Lock an open file until it is closed; raises BlockingIOError, on Windows PermissionError, if another has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sign(folder: Path) -> None:
    """Write down who holds the lock; only to be told to others, so nothing depends on it."""
    who = {"process": os.getpid(), "host": platform.node(), "since": now()}
    with contextlib.suppress(OSError):
        (folder / HOLDER_NAME).write_text(json.dumps(who), encoding="utf-8")


def _holder(folder: Path) -> str:
    """Say who holds the lock."""
    try:
        who = json.loads((folder / HOLDER_NAME).read_text(encoding="utf-8"))
        return f"process {who['process']} on {who['host']} since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another clipsearch"
