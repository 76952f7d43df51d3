"""Keeping a large library's index file up to date while an indexer runs, so that queries stay fast meanwhile."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

from indexer.errors import ClipsearchError
from indexer.indexing.listener import Listener
from indexer.store.models import StoredModel, active_model
from indexer.store.store import Store
from search.index.due import is_due

CHECK_SECONDS = 10.0  # how often to check whether a refresh is due


def refresh_index(store: Store, model: StoredModel) -> None:
    """Bring the FAISS file of a large library up to date if that is due; loads FAISS only then."""
    if is_due(store, model):
        from search.index.building import refresh

        refresh(store, model)


class Refresher:
    """Refreshes the index file of the library in a folder, in a thread with its own connection."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread: threading.Thread | None = None
        self._checked = time.monotonic()

    def check(self) -> None:
        """Start a refresh in the background, unless one is running or the last check was just now."""
        if time.monotonic() - self._checked < CHECK_SECONDS or (self._thread is not None and self._thread.is_alive()):
            return
        self._checked = time.monotonic()
        self._thread = threading.Thread(target=self._refresh, name="refresh", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait for a refresh that is running."""
        if self._thread is not None:
            self._thread.join()

    def _refresh(self) -> None:
        # An error here comes up again, and is reported, when the run refreshes at its end.
        with contextlib.suppress(ClipsearchError, OSError), Store.open(self._folder) as store:
            model = active_model(store)
            if model is not None:
                refresh_index(store, model)


class RefreshingListener:
    """A listener that passes everything on to another one, and lets a refresher check whenever pictures were stored."""

    def __init__(self, listener: Listener, refresher: Refresher) -> None:
        self.problem, self.loading, self.encoding = listener.problem, listener.loading, listener.encoding
        self.bottleneck, self.stopping = listener.bottleneck, listener.stopping
        self.download = listener.download
        self._progress, self._check = listener.progress, refresher.check

    def progress(self, done: int) -> None:
        """Pass it on, and let the refresher check."""
        self._progress(done)
        self._check()
