"""The sockets that the server listens on."""

from __future__ import annotations

import socket

from server.running.addresses import listen


def test_answers_are_not_held_back() -> None:
    """Fails before: asyncio turns Nagle's algorithm off only where the protocol is named, else an answer took 48 ms."""
    listening = listen(None, 0)
    try:
        assert [one.proto for one in listening.sockets] == [socket.IPPROTO_TCP] * len(listening.sockets)
    finally:
        for one in listening.sockets:
            one.close()
