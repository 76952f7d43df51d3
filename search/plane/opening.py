"""The plane of a library in memory, for any thread: whoever asks while it is being made waits for that."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from search.plane.plane import Plane, plane_of

if TYPE_CHECKING:
    from indexer.store.models import StoredModel
    from indexer.store.store import Store


class OpenPlane:
    """The plane of one library."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[str, Plane] | None = None

    def of(self, store: Store, model: StoredModel) -> Plane:
        """Return the plane of a model's embeddings as they are now."""
        with self._lock:
            generation = store.db.execute("SELECT generation FROM models WHERE id = ?", [model.id]).fetchone()[0]
            made = self._made
            if made is None or (made[0], made[1].generation) != (model.fingerprint, generation):
                made = self._made = (model.fingerprint, plane_of(store, model))
            return made[1]
