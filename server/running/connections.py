"""Connections as uvicorn has them, but for a while only: who connects and says nothing, or too little, is cut off."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 100  # at once; a browser has six, and one for events
HEAD_SECONDS = 10.0  # that the head of a request may take to come
HEAD_BYTES = 16 << 10
IDLE_SECONDS = 30  # that a connection is kept between two requests


class Connection(H11Protocol):
    """A connection with a limit on the time that it waits for a request."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait; one too many is closed at once."""
        super().connection_made(transport)
        if len(self.connections) > MOST:
            transport.abort()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what has come; once a request has begun to be answered, its body has limits of its own."""
        if self._waiting is None and self._is_between():
            self._wait()
        super().data_received(data)
        if not self._is_between():
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_between(self) -> bool:
        """Return whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        """Close a connection on which no whole head has come."""
        if self._is_between() and self.conn.their_state is not h11.SEND_BODY and not self.transport.is_closing():
            self.transport.abort()
