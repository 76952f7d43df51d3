"""The app served on open sockets until it is told to stop."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from socket import socket
from types import FrameType
from typing import Any

from uvicorn import Config, Server

from server.running.connections import HEAD_BYTES, IDLE_SECONDS, Connection
from server.signals import heard

LAST_SECONDS = 1  # that answers may take that have begun when the server is told to stop


class StoppableServer(Server):
    """A server that ends without a word when it is told to, and says when it was."""

    def __init__(self, config: Config, stopping: Callable[[], None]) -> None:
        """Take the settings, and what is called at each signal."""
        super().__init__(config)
        self._stopping = stopping

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen to what tells a server to end; the signal is not raised again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        with heard(self._stop):
            yield

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping()
        self.should_exit = True


def make_server(app: Any, stopping: Callable[[], None] = lambda: None) -> StoppableServer:
    """Return a server of an app; `stopping` is called when it is told to stop."""
    config = Config(
        app,
        http=Connection,
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nobody in between is believed
        backlog=128,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=LAST_SECONDS,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    for name in ("uvicorn.error", "uvicorn.access", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what is to be said, the app says
    return StoppableServer(config, stopping)


def serve(app: Any, sockets: Sequence[socket], stopping: Callable[[], None] = lambda: None) -> None:
    """Serve an app on sockets until Ctrl-C, SIGTERM or an error."""
    make_server(app, stopping).run(sockets=list(sockets))
