"""The plane of a library in memory, for any thread: whoever asks while it is being made waits for that."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from search.plane.plane import Plane, plane_of
from search.progress import Progress, unwatched

if TYPE_CHECKING:
    from indexer.store.models import StoredModel
    from indexer.store.store import Store


class OpenPlane:
    """The plane of one library."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[str, Plane] | None = None

    def is_ready(self, store: Store, model: StoredModel) -> bool:
        """Return whether the plane of the embeddings as they are now is in memory."""
        return self._at_hand(store, model) is not None

    def of(self, store: Store, model: StoredModel, progress: Progress = unwatched) -> Plane:
        """Return the plane of a model's embeddings as they are now; what `progress` raises ends making it."""
        with self._lock:
            plane = self._at_hand(store, model)
            if plane is None:
                plane = plane_of(store, model, progress)
                self._made = (model.fingerprint, plane)
            return plane

    def _at_hand(self, store: Store, model: StoredModel) -> Plane | None:
        made = self._made
        generation = store.db.execute("SELECT generation FROM models WHERE id = ?", [model.id]).fetchone()[0]
        is_current = made is not None and (made[0], made[1].generation) == (model.fingerprint, generation)
        return made[1] if made is not None and is_current else None
