"""A server on real sockets, in a thread."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from server.opened.open_library import OpenLibrary
from server.running.addresses import Listening, listen
from server.running.app import make_app
from server.running.serving import make_server
from server.safety.policy import Policy

LONG = 600.0  # seconds that nothing takes, however busy the machine is

Serve = Callable[..., "Served"]


@dataclass(frozen=True)
class Served:
    """A server that runs, and ways to speak to it."""

    listening: Listening

    @property
    def port(self) -> int:
        return self.listening.port

    def connected(self) -> socket.socket:
        """Return a connection of its own; use it as a context manager."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=LONG)

    def raw(self, sent: bytes) -> bytes:
        """Send bytes and return all that comes until the server closes."""
        with self.connected() as one:
            one.sendall(sent)
            return received(one)

    def ask(self, path: str, body: Any = None, address: str = "127.0.0.1") -> tuple[int, Any]:
        """Return the status and the JSON of an answer."""
        with contextlib.closing(http.client.HTTPConnection(address, self.port, timeout=LONG)) as connection:
            kind = {"Content-Type": "application/json"}
            content = None if body is None else json.dumps(body)
            connection.request("GET" if body is None else "POST", path, content, {} if body is None else kind)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())


def received(one: socket.socket) -> bytes:
    """Return what comes until the other side closes; raises TimeoutError if it never does."""
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := one.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return what serves a library on a free port; all servers end with the test."""
    ending: list[Callable[[], None]] = []

    def start(library: Path, **policy: Any) -> Served:
        listening = listen(None, 0)
        server = make_server(make_app(OpenLibrary(library), Policy(port=listening.port, **policy)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": list(listening.sockets)})
        thread.start()

        def end() -> None:
            server.should_exit = True
            thread.join(LONG)
            assert not thread.is_alive()

        ending.append(end)
        until = time.monotonic() + LONG
        while not server.started:
            assert thread.is_alive() and time.monotonic() < until
            time.sleep(0.01)
        return Served(listening)

    yield start
    for end in ending:
        end()
