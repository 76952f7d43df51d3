"""Which changed paths have settled, so that no file is read while it is still being written.

It knows nothing about pictures, libraries or watchers: it gets paths and the time, and looks at the disk.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.paths import outermost

QUIET = 1.0  # seconds without an event or another state, after which a file is taken to be complete
FOLDER_PATIENCE = 30.0  # seconds after which a folder that never settles is replaced by the files in it
DELETION_WAIT = 3.0  # times QUIET that a deletion waits for new files, which may be the other half of a move

FileState = tuple[int, int, int]  # size, mtime_ns and ctime_ns
PathState = tuple[int, ...]  # of a file its state, of a folder the number of files and the sums of their states


@dataclass(slots=True)
class _Waiting:
    """A path that has not settled yet."""

    state: PathState | None  # None if there is nothing
    since: float  # of the last event or change
    first: float  # of the first one


class Settling:
    """Changed paths that have not settled yet."""

    def __init__(self, quiet: float = QUIET, state_of: Callable[[Path], PathState | None] | None = None) -> None:
        self.quiet = quiet
        self.state_of = state_of or path_state
        self.waiting: dict[Path, _Waiting] = {}

    def add(self, paths: Iterable[Path], now: float) -> None:
        """Take in paths that have changed; the folders around them have not settled either."""
        for path in paths:
            before = self.waiting.get(path)
            self.waiting[path] = _Waiting(self.state_of(path), now, before.first if before else now)
            for folder in path.parents:
                if folder in self.waiting:
                    self.waiting[folder].since = now

    def settled(self, now: float) -> list[Path]:
        """Return and drop the paths that have settled, without those inside another of them.

        Deletions wait a little, and longer for new files, so that a move is seen as one change: the system may report
        its halves one after the other.
        """
        self._split_restless_folders(now)
        were_gone = (path for path, waiting in self.waiting.items() if waiting.state is None)
        gone = {path for path in were_gone if self.state_of(path) is None}
        settled = {path for path in self.waiting.keys() - gone if self._has_settled(path, now)}
        others_wait = len(gone) + len(settled) < len(self.waiting)
        wait = (DELETION_WAIT if others_wait else 1) * self.quiet
        settled |= {path for path in gone if now - self.waiting[path].since >= wait}
        for path in settled:
            del self.waiting[path]
        return outermost(settled)

    def _has_settled(self, path: Path, now: float) -> bool:
        """Return whether a path has been quiet and its state is as before; if it is not, start to wait again."""
        waiting = self.waiting[path]
        if now - waiting.since < self.quiet:
            return False
        state = self.state_of(path)
        if state == waiting.state:
            return True
        waiting.state, waiting.since = state, now
        return False

    def _split_restless_folders(self, now: float) -> None:
        """Replace folders that never settle by the files in them."""
        for path, waiting in list(self.waiting.items()):
            if now - waiting.first >= FOLDER_PATIENCE and os.path.isdir(path):
                del self.waiting[path]
                self.add([Path(file) for file, _ in files_below(path)], now)


def path_state(path: Path) -> PathState | None:
    """Return the state of a path, or None if there is nothing; () if it can't be examined."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return ()
    if not stat.S_ISDIR(status.st_mode):
        return _file_state(status)
    states = [state for _, state in files_below(path)]
    return len(states), *map(sum, zip(*states, strict=True))


def files_below(folder: Path, failed: list[str] | None = None) -> Iterator[tuple[str, FileState]]:
    """Yield the files below a folder with their states; add to `failed` the folders that can't be read."""

    def on_error(error: OSError) -> None:
        if failed is not None and not isinstance(error, FileNotFoundError):
            failed.append(str(error.filename))

    for parent, _, names in os.walk(folder, onerror=on_error):
        for name in names:
            path = os.path.join(parent, name)
            try:
                status = os.lstat(path)
            except OSError:
                continue
            yield path, _file_state(status)


def _file_state(status: os.stat_result) -> FileState:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns
