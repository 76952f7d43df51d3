"""Keeping a large library's index up to date while an indexer runs, so that queries stay quick meanwhile."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import Any

from indexer.errors import ClipsearchError
from indexer.indexing.listener import Listener
from indexer.store.models import StoredModel, active_model
from indexer.store.store import Store
from search.index.due import is_due

LOOK_SECONDS = 10.0  # how often to look whether there is something to do


def refresh_index(store: Store, model: StoredModel) -> None:
    """Bring the FAISS file of a large library up to date if that is due; else nothing is loaded for it."""
    if is_due(store, model):
        from search.index.building import refresh

        refresh(store, model)


class Refresher:
    """Folds what has changed into the index file, in a thread with a connection of its own."""

    def __init__(self, folder: Path) -> None:
        """Look after the library in a folder."""
        self._folder = folder
        self._thread: threading.Thread | None = None
        self._looked = time.monotonic()

    def look(self) -> None:
        """Start a refresh in the background if one is due and none goes on."""
        if time.monotonic() - self._looked < LOOK_SECONDS or (self._thread is not None and self._thread.is_alive()):
            return
        self._looked = time.monotonic()
        self._thread = threading.Thread(target=self._refresh, name="refresh", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait for what goes on."""
        if self._thread is not None:
            self._thread.join()

    def _refresh(self) -> None:
        # What goes wrong here does so again, and is told, when the run refreshes at its end.
        with contextlib.suppress(ClipsearchError, OSError), Store.open(self._folder) as store:
            model = active_model(store)
            if model is not None:
                refresh_index(store, model)


class RefreshingListener:
    """Passes everything on to a listener, and lets a refresher look whenever pictures were stored."""

    def __init__(self, listener: Listener, refresher: Refresher) -> None:
        self._listener = listener
        self._refresher = refresher

    def __getattr__(self, name: str) -> Any:
        """Return the listener's own method."""
        return getattr(self._listener, name)

    def progress(self, done: int) -> None:
        """Pass it on, and look."""
        self._listener.progress(done)
        self._refresher.look()
