"""Keep a library up to date with its folders while they change.

Threads hear what changes (changes.py), paths wait until they are at rest (settling.py), and what is at
rest goes to `index_paths` in one batch, so that a file that was moved is recognised as moved.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from indexer.errors import LibraryBusy
from indexer.files.formats import picture_suffixes
from indexer.files.ignore import IGNORE_FILE, is_out_of_view
from indexer.indexing.listener import Listener
from indexer.indexing.run import index, index_paths
from indexer.indexing.summary import Summary
from indexer.models.encoder import Encoder
from indexer.paths import absolute, inside
from indexer.store.roots import Root, roots
from indexer.store.store import Store
from indexer.watching.changes import FolderWatch
from indexer.watching.settling import QUIET, Settling

TICK = 0.2  # seconds to wait for events before looking what has come to rest
TRY_AGAIN = 5.0  # seconds after which to try a library again that another process indexes
SET_UP = 0.1  # seconds between looks whether all folders are watched

Listeners = Callable[[], AbstractContextManager[Listener]]
Job = Callable[[Listener], Summary]


def watch(
    store: Store,
    folders: Sequence[Path],
    load: Callable[[], Encoder],
    listeners: Listeners,
    *,
    ran: Callable[[Summary], None],
    tell: Callable[[str], None],
    stopping: Callable[[], bool],
    poll: bool = False,
    workers: int | None = None,
    quiet: float = QUIET,
) -> None:
    """Index folders, or without any all roots, and go on indexing what changes in them until told to stop.

    Each run has its own listener; one that stops its run stops all. `ran` is told of each run, `tell` of folders out
    of reach and a library in use, from any thread. `load` is called in each run that encodes.
    With `poll` folders are looked over every few seconds, for drives of which the system tells no changes. A file
    is taken for whole after `quiet` seconds without a change. Raises as `index` does, but waits for a library in use.
    """
    _Watch(store, load, listeners, ran, tell, stopping, workers, quiet).over(folders, poll)


def watched_folders(store: Store, folders: Sequence[Path]) -> list[Path]:
    """Return the folders to watch, absolute, without those inside another: all roots if none is named.

    One that is missing and no root, a slip of the pen perhaps, is left out.
    """
    known = [root.path for root in roots(store)]
    places: set[Path] = set()
    for folder in folders or known:
        typed = Path(os.path.abspath(folder))
        place = typed if typed in known else absolute(folder)  # as `index` does
        if place in known or os.path.isdir(place):
            places.add(place)
    return sorted(place for place in places if not any(parent in places for parent in place.parents))


class _Watch:
    """The state of watching."""

    def __init__(
        self,
        store: Store,
        load: Callable[[], Encoder],
        listeners: Listeners,
        ran: Callable[[Summary], None],
        tell: Callable[[str], None],
        stopping: Callable[[], bool],
        workers: int | None,
        quiet: float,
    ) -> None:
        self.store = store
        self.load = load
        self.listeners = listeners
        self.ran = ran
        self.tell = tell
        self.stopping = stopping
        self.stop = threading.Event()  # for the threads
        self.workers = workers
        self.settling = Settling(quiet)
        self.heard: queue.Queue[tuple[Path, list[Path]]] = queue.Queue()
        self.folders: list[Path] = []
        self.said_busy = False

    def over(self, folders: Sequence[Path], poll: bool) -> None:
        """Watch folders; they are listened to before they are indexed, so that nothing falls between."""
        self.folders = watched_folders(self.store, folders)
        threads = [FolderWatch(folder, self._put, self.tell, self.stop, poll) for folder in self.folders]
        for thread in threads:
            thread.start()
        try:
            while not self._is_over() and not all(thread.is_set_up.wait(SET_UP) for thread in threads):
                pass
            self._index_first(folders)
            if not self._is_over():
                many = f"{len(self.folders)} folders" if len(self.folders) > 1 else "1 folder"
                self.tell(f"Watching {many}; Ctrl-C ends.")
            while not self._is_over():
                self._collect()
                self._index_what_rests()
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def _is_over(self) -> bool:
        """Return whether to stop, and let the threads know."""
        if self.stopping():
            self.stop.set()
        return self.stop.is_set()

    def _pause(self) -> None:
        """Leave the library to another process for some seconds."""
        until = time.monotonic() + TRY_AGAIN
        while time.monotonic() < until and not self._is_over():
            time.sleep(TICK)

    def _put(self, folder: Path, paths: Iterable[Path]) -> None:
        self.heard.put((folder, list(paths)))

    def _index_first(self, folders: Sequence[Path]) -> None:
        """Index all of the folders; with none of their drives there, wait for one to come back."""
        if self.folders and not any(os.path.isdir(folder) for folder in self.folders):
            return

        def job(listener: Listener) -> Summary:
            return index(self.store, folders, self.load, listener, workers=self.workers)

        while not self._is_over() and not self._run(job):
            self._pause()

    def _index_what_rests(self) -> None:
        """Index the paths that are at rest, those of folders out of reach apart; keep them if the library is in use."""
        paths = self.settling.ready(time.monotonic())
        there = [str(folder) for folder in self.folders if os.path.isdir(folder)]
        within = [path for path in paths if any(inside(str(path), folder) is not None for folder in there)]

        def job(listener: Listener) -> Summary:
            return index_paths(self.store, within, self.load, listener, workers=self.workers)

        if within and not self._run(job):
            self._pause()
            self.settling.note(within, time.monotonic())

    def _run(self, job: Job) -> bool:
        """Do a run with its own listener; return False if another process indexes the library."""
        with self.listeners() as listener:
            try:
                summary = job(listener)
            except LibraryBusy as error:
                if not self.said_busy:
                    self.tell(f"{str(error).partition(';')[0]}; watching goes on when that has finished.")
                self.said_busy = True
                return False
            finally:
                if listener.stopping():
                    self.stop.set()
        self.said_busy = False
        self.ran(summary)
        return True

    def _collect(self) -> None:
        """Take in what was heard, waiting a moment for it."""
        try:
            folder, paths = self.heard.get(timeout=TICK)
            known = roots(self.store)
            while True:
                self.settling.note(self._wanted(folder, paths, known), time.monotonic())
                folder, paths = self.heard.get_nowait()
        except queue.Empty:
            return

    def _wanted(self, folder: Path, paths: Iterable[Path], known: Sequence[Root]) -> set[Path]:
        """Return the paths that an index run over a watched folder would look at, an ignore file's as its folder."""
        pairs = [(root, inside(str(folder), str(root.path))) for root in known]
        covering = next(((root, below) for root, below in pairs if below is not None), None)
        if covering is None:
            return set()
        root, below = covering
        real_folder = os.path.realpath(folder)
        wanted: set[Path] = set()
        for path in paths:
            place = _without_links(path, folder, real_folder)
            place = place.parent if place.name == IGNORE_FILE else place
            inner = inside(str(place), str(root.path))
            if inner is None or self._is_in_library(place) or not _may_matter(place):
                continue
            if place == folder or not is_out_of_view(inner, below or "", root.rules):
                wanted.add(place)
        return wanted

    def _is_in_library(self, path: Path) -> bool:
        """Return whether a path is one of the library's own, which every run changes."""
        folder = self.store.folder
        return folder is not None and inside(os.path.realpath(path), os.path.realpath(folder)) is not None


def _without_links(path: Path, folder: Path, real_folder: str) -> Path:
    """Return a path by its real place in the watched folder; watchers may tell it by a link in there."""
    if path == folder:
        return path
    inner = inside(os.path.realpath(path.parent), real_folder)
    return path if inner is None else folder / inner / path.name


def _may_matter(path: Path) -> bool:
    """Return whether a path is a picture, a folder, or gone and may have been one."""
    return path.suffix.lower() in picture_suffixes() or os.path.isdir(path) or not os.path.lexists(path)
