"""Which changed paths have come to rest, so that no file is read while it is still being written.

Knows nothing of pictures, libraries or watchers: it is told paths and the time, and looks at the disk.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

QUIET = 1.0  # seconds without an event or another size or time stamp, after which a file is taken for whole
PATIENCE = 30.0  # seconds after which a folder that never rests is taken file by file
HOLD = 3.0  # times QUIET that a deletion waits for what may be the other half of a move

Look = tuple[int, ...]  # what a path looked like; a file's size and time stamp, a folder's number of files and sums


@dataclass(slots=True)
class _Waiting:
    """A path that is not at rest yet."""

    look: Look | None  # None if there is nothing
    since: float  # of the last event or change
    first: float  # of the first one


class Settling:
    """Changed paths, until they are at rest."""

    def __init__(self, quiet: float = QUIET, look: Callable[[Path], Look | None] | None = None) -> None:
        self.quiet = quiet
        self.look = look or look_at
        self.waiting: dict[Path, _Waiting] = {}

    def note(self, paths: Iterable[Path], now: float) -> None:
        """Take in paths of which something was heard; the folders around them are not at rest either."""
        for path in paths:
            before = self.waiting.get(path)
            self.waiting[path] = _Waiting(self.look(path), now, before.first if before else now)
            for folder in path.parents:
                if folder in self.waiting:
                    self.waiting[folder].since = now

    def ready(self, now: float) -> list[Path]:
        """Return and drop the paths that are at rest, without those inside another of them.

        What is gone is at rest at once, but waits a little for new files, so that a move is seen as one change.
        """
        self._lose_patience(now)
        gone = {path for path, waiting in self.waiting.items() if waiting.look is None and self.look(path) is None}
        rested = {path for path in self.waiting.keys() - gone if self._is_at_rest(path, now)}
        moving = len(gone) + len(rested) < len(self.waiting)
        rested |= {path for path in gone if not moving or now - self.waiting[path].since >= HOLD * self.quiet}
        for path in rested:
            del self.waiting[path]
        return sorted(path for path in rested if not any(folder in rested for folder in path.parents))

    def _is_at_rest(self, path: Path, now: float) -> bool:
        """Return whether a path has been quiet and looks as before; if not, wait anew."""
        waiting = self.waiting[path]
        if now - waiting.since < self.quiet:
            return False
        look = self.look(path)
        if look == waiting.look:
            return True
        waiting.look, waiting.since = look, now
        return False

    def _lose_patience(self, now: float) -> None:
        """Replace folders that never rest by the files in them."""
        for path, waiting in list(self.waiting.items()):
            if now - waiting.first >= PATIENCE and os.path.isdir(path):
                del self.waiting[path]
                self.note([Path(file) for file, _ in files_below(path)], now)


def look_at(path: Path) -> Look | None:
    """Return what a path looks like now, or None if there is nothing."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return ()
    if not stat.S_ISDIR(status.st_mode):
        return status.st_size, status.st_mtime_ns
    files = sizes = times = 0
    for _, file in files_below(path):
        files, sizes, times = files + 1, sizes + file[0], times + file[1]
    return files, sizes, times


def files_below(folder: Path, failed: list[str] | None = None) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the files below a folder with size and time stamp; note in `failed` the folders that can't be read."""

    def note(error: OSError) -> None:
        if failed is not None and not isinstance(error, FileNotFoundError):
            failed.append(str(error.filename))

    for place, _, names in os.walk(folder, onerror=note):
        for name in names:
            path = os.path.join(place, name)
            try:
                status = os.lstat(path)
            except OSError:
                continue
            yield path, (status.st_size, status.st_mtime_ns)
