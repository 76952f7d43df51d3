"""What changes in one watched folder: as the system tells it, or by looking the folder over again and again.

Each folder has its own thread, so that one whose drive is gone, or that the system can't watch, holds up no other.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from indexer.files.formats import picture_suffixes, suffix_of
from indexer.files.ignore import IGNORE_FILE
from indexer.files.mounts import holds_something
from indexer.paths import readable
from indexer.watching.settling import files_below

DEBOUNCE_MS = 1000  # events are handed on at least this often
STEP_MS = 200  # how often the system's events are looked for
IDLE_MS = 500  # how often to see that the folder is still the same one
LOOK_AGAIN = 30.0  # seconds between looks for a drive that is gone
POLL = 5.0  # seconds between two looks over a folder
POLL_SHARE = 10  # a look over a folder may take one part in so many of the time
FAILED_WAIT = 1.0  # seconds before the system is asked again to watch

_LIMITS = ("limit reached", "os error 24", "os error 28")  # watches, or whole watchers

Put = Callable[[Path, Iterable[Path]], None]
Snapshot = dict[str, tuple[int, int]]


class FolderWatch(threading.Thread):
    """Puts what changes below a folder; the folder itself if it may have missed something."""

    def __init__(
        self, folder: Path, put: Put, tell: Callable[[str], None], stop: threading.Event, poll: bool = False
    ) -> None:
        super().__init__(name=f"watch {folder}", daemon=True)
        self.folder = folder
        self.put = put
        self.tell = tell
        self.stop = stop
        self.poll = poll or readable(folder) != str(folder)  # watchfiles takes no name that is not UTF-8
        self.is_set_up = threading.Event()  # all changes from now on are noticed, or it is known that they can't be
        self.identity: tuple[int, int] | None = None

    def run(self) -> None:
        """Watch until told to stop, whatever becomes of the folder."""
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
        while not self.stop.wait(LOOK_AGAIN):
            if self._is_there():
                self.tell(f"{shown} is back.")
                return True
        return False

    def _is_there(self) -> bool:
        """Return whether the folder is there; if another one is in its place and empty, it is a bare mount point."""
        if not os.path.isdir(self.folder):
            return False
        is_other = self.identity is not None and _identity(self.folder) != self.identity
        return not is_other or holds_something(self.folder)

    def _set_up(self) -> None:
        """Tell that all is noticed from now on; what happened since the first time may have been missed."""
        if self.is_set_up.is_set():
            self.put(self.folder, [self.folder])
        self.is_set_up.set()

    def _listen(self) -> None:
        """Put what the system tells, while the folder stays the same one."""
        from watchfiles import watch

        heard = watch(
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
        for number, changes in enumerate(heard):
            if not number:
                self._set_up()
            paths = {Path(path) for _, path in changes}
            if paths - {self.folder}:
                self.put(self.folder, paths - {self.folder})
            if self.folder in paths or _identity(self.folder) != self.identity:
                return  # it was removed, renamed or replaced, and what is there now is not watched

    def _on_failure(self, error: Exception) -> None:
        """Poll where the system's limits are reached; else try anew, after a name that is not UTF-8 for one."""
        if any(limit in str(error) for limit in _LIMITS):
            self.poll = True
            self.tell(
                f"The system's limit of watched folders is reached, so {readable(self.folder)} is looked over"
                " every few seconds instead, as with --poll; to raise it:"
                " sudo sysctl fs.inotify.max_user_watches=1048576"
            )
        else:
            self.stop.wait(FAILED_WAIT)

    def _poll(self) -> None:
        """Put what is new, changed or gone since the last look, while the folder stays the same one."""
        before = _snapshot(self.folder, {})
        self._set_up()
        took = 0.0
        while not self.stop.wait(max(POLL, took * POLL_SHARE)):
            started = time.monotonic()
            after = _snapshot(self.folder, before)
            if _identity(self.folder) != self.identity:
                return
            changed = [Path(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
            if changed:
                self.put(self.folder, changed)
            before, took = after, time.monotonic() - started


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one that is mounted or made in its place."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _snapshot(folder: Path, before: Snapshot) -> Snapshot:
    """Return the picture and ignore files below a folder; where it can't be read, those of before."""
    wanted = picture_suffixes()
    failed: list[str] = []
    found = {
        path: look
        for path, look in files_below(folder, failed)
        if suffix_of(path) in wanted or os.path.basename(path) == IGNORE_FILE
    }
    heads = tuple(os.path.join(place, "") for place in failed)
    return found | ({path: look for path, look in before.items() if path.startswith(heads)} if heads else {})
