"""The end of a server on stdio: by signals, or because nobody listens any more."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from types import FrameType


class Ending:
    """How a server ends, whoever asks for it."""

    def __init__(self, begun: Callable[[], None]) -> None:
        """Take what is called as soon as it is to end."""
        self.begun = begun
        self._is_asked = False
        self._end: Callable[[], object] = lambda: None

    def ask(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Ask for it; the handler of signals."""
        self._is_asked = True
        self.begun()
        self._end()

    @contextlib.contextmanager
    def ends(self) -> Iterator[None]:
        """Cancel what is done in a with-block once it is asked for."""
        import anyio

        loop = asyncio.get_running_loop()
        with anyio.CancelScope() as scope:
            self._end = lambda: loop.call_soon_threadsafe(scope.cancel)
            if self._is_asked:
                scope.cancel()
            yield
        self._end = lambda: None
