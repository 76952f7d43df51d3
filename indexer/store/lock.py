"""One writer at a time: the process that indexes a library holds its lock, and leaves its name beside it.

Queries take no lock. The operating system holds it, on a file, and releases it however the process ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import LibraryBusy, LibraryError
from indexer.files.plain import open_new, reading_plain, refuse_linked_lock
from indexer.paths import readable
from indexer.store.store import Store, now

LOCK_NAME = "index.lock"
HOLDER_NAME = "index.holder"
LONGEST = 4096  # bytes of what it says


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a library's lock, by the name that was left beside it."""

    name: str  # such as "process 12 on laptop since 2021-07-04T12:30:00+00:00"
    process: int | None  # its id, on whatever machine


@contextlib.contextmanager
def only_writer(store: Store) -> Iterator[None]:
    """Hold a library's lock for the with-block; a library in memory needs none.

    Raises LibraryBusy, with the holder's name, if another process holds it, LibraryError if it can't be taken at all.
    """
    if store.folder is None:
        yield
        return
    from filelock import FileLock, Timeout

    lock = FileLock(store.folder / LOCK_NAME)
    try:
        refuse_linked_lock(store.folder / LOCK_NAME)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LibraryBusy(
            f"The library {readable(store.folder)} is being indexed by {_holder(store.folder).name}; "
            "queries go on working, but try this again when that has finished."
        ) from error
    except OSError as error:
        raise LibraryError(
            f"The library's folder {readable(store.folder)} can't be written to or locked ({error.strerror}); "
            "check its permissions, or give another folder with --library."
        ) from error
    try:
        _sign(store.folder)
        yield
    finally:
        with contextlib.suppress(OSError):
            (store.folder / HOLDER_NAME).unlink()
        lock.release()


def lock_holder(folder: Path) -> Holder | None:
    """Return who holds the lock of the library in a folder, None if nobody does.

    Where nobody left a name nothing is touched; where a crash left one, the lock is held for this very moment.
    """
    from filelock import FileLock, Timeout

    if not os.path.lexists(folder / HOLDER_NAME):
        return None
    lock = FileLock(folder / LOCK_NAME)
    try:
        refuse_linked_lock(folder / LOCK_NAME)
        lock.acquire(timeout=0)
    except Timeout:
        return _holder(folder)
    except OSError:  # who can't lock it can't tell
        return None
    lock.release()
    return None


def _sign(folder: Path) -> None:
    """Write down who holds the lock, for other processes' error messages only; nothing depends on it."""
    who = {"process": os.getpid(), "host": socket.gethostname(), "since": now()}
    with contextlib.suppress(OSError):
        (folder / HOLDER_NAME).unlink(missing_ok=True)  # in a library of someone else's it may be a link
        with os.fdopen(open_new(folder / HOLDER_NAME, mode=0o600), "w", encoding="utf-8") as file:
            json.dump(who, file)


def _holder(folder: Path) -> Holder:
    """Return who holds the lock, as far as the name says."""
    try:
        with reading_plain(folder / HOLDER_NAME) as file:
            who = json.loads(file.read(LONGEST))
        process = who["process"] if type(who["process"]) is int else None
        return Holder(f"process {who['process']} on {who['host']} since {who['since']}", process)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Holder("another clipsearch", None)
