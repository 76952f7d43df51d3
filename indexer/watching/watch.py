"""Keep a library up to date with its folders while they change.

Threads report what changes (changes.py), paths wait until they have settled (settling.py), and what has settled goes
to `index_paths` in one batch, so that a file that was moved is recognised as moved.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from indexer.errors import LibraryBusy
from indexer.indexing.listener import Listener
from indexer.indexing.run import index, index_paths
from indexer.indexing.summary import Summary
from indexer.models.encoder import Encoder
from indexer.paths import inside, outermost
from indexer.root_folders.named_roots import as_indexed
from indexer.store.roots import root_paths, roots
from indexer.store.store import Store
from indexer.watching.changes import FolderWatch
from indexer.watching.followed_roots import FollowedRoots
from indexer.watching.settling import QUIET, Settling
from indexer.watching.wanted import wanted_paths
from indexer.wording import counted

EVENT_WAIT = 0.2  # seconds to wait for events before checking what has settled
BUSY_WAIT = 5.0  # seconds to wait for a library that another process indexes
SET_UP_WAIT = 0.1  # seconds between two checks whether all folders are watched

Listeners = Callable[[], AbstractContextManager[Listener]]
IndexRun = Callable[[Listener], Summary]


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

    Roots that another process removes, moves or adds meanwhile are followed; if none is left to watch, it ends.

    Each run has its own listener; one that stops its run stops all. `ran` is called after each run, and `tell`, from
    any thread, about folders out of reach and a library in use. `load` is called in each run that encodes.
    With `poll` folders are scanned every few seconds, for drives whose changes the system doesn't report. A file is
    taken to be complete after `quiet` seconds without a change. Raises as `index` does, but waits for a library in use.
    """
    _Watch(store, load, listeners, ran, tell, stopping, workers, Settling(quiet), folders, poll).go_on()


def watched_folders(store: Store, folders: Sequence[Path]) -> list[Path]:
    """Return the folders to watch, absolute, without those inside another: all roots if none is named.

    One that doesn't exist and is not a root, perhaps mistyped, is left out.
    """
    known = root_paths(store).values()
    paths = {as_indexed(folder, known) for folder in folders or known}
    return outermost({path for path in paths if path in known or os.path.isdir(path)})


@dataclass
class _Watch:
    """The state of watching."""

    store: Store
    load: Callable[[], Encoder]
    listeners: Listeners
    ran: Callable[[Summary], None]
    tell: Callable[[str], None]
    stopping: Callable[[], bool]
    workers: int | None
    settling: Settling
    named: Sequence[Path]  # folders; none are all roots
    poll: bool
    is_done: bool = False
    events: queue.Queue[tuple[Path, list[Path]]] = field(default_factory=queue.Queue)  # watched folder, changed paths
    threads: dict[Path, FolderWatch] = field(default_factory=dict)  # by watched folder
    followed: FollowedRoots = field(default_factory=FollowedRoots)
    said_busy: bool = False

    def go_on(self) -> None:
        """Watch the folders; that begins before they are indexed, so that no change is missed."""
        try:
            self._start(watched_folders(self.store, self.named))
            waited_for = list(self.threads.values())
            while not self._is_over() and not all(thread.is_set_up.wait(SET_UP_WAIT) for thread in waited_for):
                pass
            self._index_first()
            self.followed.begin(roots(self.store), self.threads)
            if not self._is_over():
                self.tell(f"Watching {counted(len(self.threads), 'folder')}; Ctrl-C ends.")
            while not self._is_over():
                self._collect()
                self._follow_roots()
                self._index_settled()
        finally:
            self._end(list(self.threads))

    def _start(self, folders: Iterable[Path]) -> None:
        """Start to watch folders."""
        for folder in folders:
            self.threads[folder] = FolderWatch(folder, self._on_change, self.tell, threading.Event(), self.poll)
            self.threads[folder].start()

    def _end(self, folders: Iterable[Path]) -> None:
        """Stop watching folders, all at once."""
        ending = [self.threads.pop(folder) for folder in folders]
        for thread in ending:
            thread.stop.set()
        for thread in ending:
            thread.join()

    def _follow_roots(self) -> None:
        """Watch what the folders have become, if another process has changed the library's roots."""
        known = roots(self.store)
        if not self.followed.have_changed(known):
            return
        change = self.followed.follow(known, self.threads, watched_folders(self.store, []) if not self.named else None)
        self._end(change.left)
        self._start(change.came)
        self.settling.add([*change.came, *change.again], time.monotonic())
        for line in change.told:
            self.tell(line)
        self.is_done = self.is_done or not self.threads

    def _is_over(self) -> bool:
        """Return whether to stop."""
        self.is_done = self.is_done or self.stopping()
        return self.is_done

    def _pause(self) -> None:
        """Leave the library to another process for some seconds."""
        until = time.monotonic() + BUSY_WAIT
        while time.monotonic() < until and not self._is_over():
            time.sleep(EVENT_WAIT)

    def _on_change(self, folder: Path, paths: Iterable[Path]) -> None:
        self.events.put((folder, list(paths)))

    def _index_first(self) -> None:
        """Index all of the folders, unless none of them is there."""
        if self.threads and not any(map(os.path.isdir, self.threads)):
            return

        def run(listener: Listener) -> Summary:
            return index(self.store, self.named, self.load, listener, workers=self.workers)

        while not self._is_over() and not self._do(run):
            self._pause()

    def _index_settled(self) -> None:
        """Index the paths that have settled, except in folders out of reach; keep them if the library is in use."""
        paths = self.settling.settled(time.monotonic())
        there = [str(folder) for folder in self.threads if os.path.isdir(folder)]
        reachable = [path for path in paths if any(inside(str(path), folder) is not None for folder in there)]

        def run(listener: Listener) -> Summary:
            return index_paths(self.store, reachable, self.load, listener, workers=self.workers)

        if reachable and not self._do(run):
            self._pause()
            self.settling.add(reachable, time.monotonic())

    def _do(self, run: IndexRun) -> bool:
        """Do a run with its own listener; return False if another process indexes the library."""
        with self.listeners() as listener:
            try:
                summary = run(listener)
            except LibraryBusy as error:
                if not self.said_busy:
                    self.tell(f"{str(error).partition(';')[0]}; watching goes on when that has finished.")
                self.said_busy = True
                return False
            finally:
                self.is_done = self.is_done or listener.stopping()
        self.said_busy = False
        self.ran(summary)
        return True

    def _collect(self) -> None:
        """Take in the events that are there, waiting a moment for the first."""
        try:
            folder, paths = self.events.get(timeout=EVENT_WAIT)
            known = roots(self.store)
            while True:
                self.settling.add(wanted_paths(paths, folder, known, self.store.folder), time.monotonic())
                folder, paths = self.events.get_nowait()
        except queue.Empty:
            return
