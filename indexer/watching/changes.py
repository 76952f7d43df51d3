"""What changes in one watched folder: as the system reports it, or by polling.

Each folder has its own thread, so that one whose drive is gone, or that the system can't watch, delays no other.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from indexer.files.away import stands_for
from indexer.files.formats import picture_suffixes, suffix_of
from indexer.files.ignore import IGNORE_FILE
from indexer.files.mounts import holds_something
from indexer.paths import readable
from indexer.watching.settling import FileState, files_below

DEBOUNCE_MS = 1000  # events are passed on at least this often
STEP_MS = 200  # time between two checks for events of the system
IDLE_MS = 500  # time between two checks whether the folder is still the same one
RETRY_SECONDS = 30.0  # between two checks whether a folder that is out of reach is back
POLL_SECONDS = 5.0  # between two polls of a folder
POLL_SHARE = 10  # polling takes at most one part in so many of the time
FAILED_WAIT = 1.0  # seconds before the system is asked again to watch

_LIMITS = ("limit reached", "os error 24", "os error 28")  # of watches, of watchers

OnChange = Callable[[Path, Iterable[Path]], None]  # gets the watched folder and the paths
Snapshot = dict[str, FileState]  # by path


class FolderWatch(threading.Thread):
    """Reports the paths that change below a folder; the folder itself if it may have missed changes."""

    def __init__(
        self, folder: Path, on_change: OnChange, tell: Callable[[str], None], stop: threading.Event, poll: bool = False
    ) -> None:
        """Take who gets the changes, who gets messages for people, and the event that ends it."""
        super().__init__(name=f"watch {folder}", daemon=True)
        self.folder = folder
        self.on_change = on_change
        self.tell = tell
        self.stop = stop
        self.poll = poll or readable(folder) != str(folder)  # watchfiles can't take names that are not UTF-8
        self.is_set_up = (
            threading.Event()
        )  # from then on all changes are noticed, or the folder is known to be out of reach
        self.identity: tuple[int, int] | None = None

    def run(self) -> None:
        """Watch until told to stop, whatever happens to the folder."""
        while self._wait_for_folder():
            self.identity = _identity(self.folder)
            try:
                self._poll() if self.poll else self._listen()
            except (OSError, RuntimeError) as error:  # WatchfilesRustInternalError is a RuntimeError
                self._on_failure(error)
            finally:
                self.is_set_up.set()

    def _wait_for_folder(self) -> bool:
        """Wait until the folder is there; return whether to go on."""
        if self._is_there():
            return not self.stop.is_set()
        shown = readable(self.folder)
        if not self.stop.is_set():
            self.tell(f"{shown} is out of reach; its pictures are kept, and it is watched again when it is back.")
        self.is_set_up.set()
        while not self.stop.wait(RETRY_SECONDS):
            if self._is_there():
                self.tell(f"{shown} is back.")
                return True
        return False

    def _is_there(self) -> bool:
        """Return whether the folder is there; an empty one in its place is taken for a bare mount point."""
        if not os.path.isdir(self.folder):
            return False
        is_other = self.identity is not None and _identity(self.folder) != self.identity
        return not is_other or holds_something(self.folder)

    def _set_up(self) -> None:
        """Note that all changes are noticed from now on; after the first time, some may have been missed before."""
        if self.is_set_up.is_set():
            self.on_change(self.folder, [self.folder])
        self.is_set_up.set()

    def _listen(self) -> None:
        """Report what the system reports, while the folder stays the same one."""
        from watchfiles import watch

        events = watch(
            self.folder,
            watch_filter=None,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            rust_timeout=IDLE_MS,
            yield_on_timeout=True,
            stop_event=self.stop,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        for number, changes in enumerate(events):
            if not number:
                self._set_up()
            paths = {Path(path) for _, path in changes}
            if paths - {self.folder}:
                self.on_change(self.folder, paths - {self.folder})
            if self.folder in paths or _identity(self.folder) != self.identity:
                return  # it was removed, renamed or replaced, and what is there now is not watched

    def _on_failure(self, error: Exception) -> None:
        """Poll if the system's limits are reached; else try again, as after an event for a name that is not UTF-8."""
        if any(limit in str(error) for limit in _LIMITS):
            self.poll = True
            self.tell(
                f"The system's limit of watched folders is reached, so {readable(self.folder)} is polled"
                " every few seconds instead, as with --poll; to raise it:"
                " sudo sysctl fs.inotify.max_user_watches=1048576"
            )
        else:
            self.stop.wait(FAILED_WAIT)

    def _poll(self) -> None:
        """Report what is new, changed or gone since the last poll, while the folder stays the same one."""
        before = _snapshot(self.folder, {})
        self._set_up()
        took = 0.0
        while not self.stop.wait(max(POLL_SECONDS, took * POLL_SHARE)):
            started = time.monotonic()
            after = _snapshot(self.folder, before)
            if before.keys() - after.keys():  # perhaps moved, meanwhile, to where this look had been already
                after = _snapshot(self.folder, before)
            if _identity(self.folder) != self.identity:
                return
            changed = [Path(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
            if changed:
                self.on_change(self.folder, changed)
            before, took = after, time.monotonic() - started


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what distinguishes a folder from another one that is mounted or made in its place."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _snapshot(folder: Path, before: Snapshot) -> Snapshot:
    """Return the pictures, placeholders and ignore files below a folder.

    In folders that can't be read now they are those of before.
    """
    wanted = picture_suffixes()
    failed: list[str] = []
    files = {
        path: state
        for path, state in files_below(folder, failed)
        if suffix_of(path) in wanted or os.path.basename(path) == IGNORE_FILE or stands_for(os.path.basename(path))
    }
    heads = tuple(os.path.join(unread, "") for unread in failed)
    return files | ({path: state for path, state in before.items() if path.startswith(heads)} if heads else {})
