"""The model and the index that all threads share: each is opened once, and one thread at a time uses the model."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, cast

from indexer.errors import ClipsearchError
from search.library.shared import SharedParts

if TYPE_CHECKING:
    from indexer.models.encoder import Encoder
    from indexer.store.models import StoredModel
    from search.library.library import Library

NO_TEXT = " "  # which nobody asks for, and so is not cached


class WarmParts(SharedParts):
    """The parts of a library that stays open."""

    def __init__(self) -> None:
        """Have nothing open yet."""
        super().__init__()
        self.was_there = False  # whether any thread has found the library
        self._lock = threading.RLock()
        self._encoder: tuple[str, Encoder] | None = None  # by its fingerprint

    @property
    def is_loaded(self) -> bool:
        """Whether the model is loaded."""
        return self._encoder is not None

    def encoder(self, stored: StoredModel, device: str) -> Encoder:
        """Return the library's model, loaded by the first that needs it; the one before is dropped."""
        with self._lock:
            if self._encoder is None or self._encoder[0] != stored.fingerprint:
                self._encoder = None
                loaded = super().encoder(stored, device)
                self._encoder = stored.fingerprint, cast("Encoder", OneAtATime(loaded, self._lock))
            return self._encoder[1]

    def warm_up(self, library: Library) -> None:
        """Open the index and what embeds texts; what keeps that from working is told to the first who asks."""
        with contextlib.suppress(ClipsearchError):
            library.embeds_quickly([NO_TEXT])
            library.index.spread()


class OneAtATime:
    """An encoder whose methods wait for one another: models keep what they compute in themselves."""

    def __init__(self, encoder: Encoder, lock: threading.RLock) -> None:
        """Take the encoder."""
        self._encoder = encoder
        self._lock = lock

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            value = getattr(self._encoder, name)
        return self._held(value) if callable(value) and name != "preprocess" else value

    def _held(self, method: Any) -> Any:
        def call(*given: Any) -> Any:
            with self._lock:
                return method(*given)

        return call
