"""Keeping a large library's index file up to date while an indexer runs, so that queries stay fast meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from indexer.indexing.listener import Listener
from indexer.store.models import StoredModel, active_model
from indexer.store.store import Store
from search.index.checksums import add_missing_checksum
from search.index.due import is_due

CHECK_SECONDS = 10.0  # how often to check whether a refresh is due
STOP_SECONDS = 0.1  # how often to ask whether to stop


def refresh_index(store: Store, model: StoredModel) -> None:
    """Bring the FAISS file of a large library up to date if that is due; loads FAISS only then."""
    if is_due(store, model):
        from search.index.building import refresh

        refresh(store, model)
    else:
        add_missing_checksum(store, model)


def refresh_unless_stopped(store: Store, model: StoredModel, stopping: Callable[[], bool]) -> None:
    """Do what `refresh_index` does, and return at once if told to stop: a million pictures take minutes."""
    if store.folder is None or not is_due(store, model):
        return
    thread = _Refresh(store.folder)
    thread.start()
    if _has_ended(thread, stopping) and thread.error is not None:
        raise thread.error


class _Refresh(threading.Thread):
    """One refresh of the library in a folder, with its own connection; the process may end meanwhile."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="refresh", daemon=True)
        self._folder = folder
        self.error: Exception | None = None

    def run(self) -> None:
        """Refresh, and keep what goes wrong."""
        try:
            with Store.open(self._folder) as store:
                model = active_model(store)
                if model is not None:
                    refresh_index(store, model)
        except Exception as error:
            self.error = error


def _has_ended(thread: threading.Thread, stopping: Callable[[], bool]) -> bool:
    """Wait for a thread; return False at once if told to stop."""
    while thread.is_alive():
        if stopping():
            return False
        thread.join(STOP_SECONDS)
    return True


class Refresher:
    """Refreshes the index file of the library in a folder, in a thread with its own connection."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread: _Refresh | None = None
        self._checked = time.monotonic()

    def check(self) -> None:
        """Start a refresh in the background, unless one is running or the last check was just now."""
        if time.monotonic() - self._checked < CHECK_SECONDS or (self._thread is not None and self._thread.is_alive()):
            return
        self._checked = time.monotonic()
        self._thread = _Refresh(self._folder)
        self._thread.start()

    def finish(self, stopping: Callable[[], bool]) -> None:
        """Wait for a refresh that is running, unless told to stop.

        Its error is passed over: it comes up again, and is reported, when the run refreshes at its end.
        """
        if self._thread is not None:
            _has_ended(self._thread, stopping)


class RefreshingListener:
    """A listener that passes everything on to another one, and lets a refresher check whenever pictures were stored."""

    def __init__(self, listener: Listener, refresher: Refresher) -> None:
        self.problem, self.loading, self.encoding = listener.problem, listener.loading, listener.encoding
        self.bottleneck, self.stopping = listener.bottleneck, listener.stopping
        self.download, self.thumbnails = listener.download, listener.thumbnails
        self._progress, self._check = listener.progress, refresher.check

    def progress(self, done: int) -> None:
        """Pass it on, and let the refresher check."""
        self._progress(done)
        self._check()
