"""The embeddings of the pictures that were given to search with: the last ones, in memory alone, under random names."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from server.errors import Refused

if TYPE_CHECKING:
    from indexer.arrays import FloatArray

MOST = 64
NOT_KEPT = "That picture is not kept any more; give it again."


class Uploads:
    """What was uploaded; may be used from any thread."""

    def __init__(self, most: int = MOST) -> None:
        """Keep at most so many."""
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[str, FloatArray]] = OrderedDict()

    def keep(self, fingerprint: str, vector: FloatArray) -> str:
        """Keep an embedding (dim,) of the model with this fingerprint, and return its name."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._kept[token] = fingerprint, vector
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return token

    def vector(self, token: str, fingerprint: str) -> FloatArray:
        """Return the embedding of a name; raises Refused if it is not kept, or of another model."""
        with self._lock:
            kept = self._kept.get(token)
            if kept is None or kept[0] != fingerprint:
                raise Refused(410, NOT_KEPT)
            self._kept.move_to_end(token)
        return kept[1]


UPLOADS = Uploads()  # of this process
