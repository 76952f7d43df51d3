"""The sockets that the server listens on."""

from __future__ import annotations

import socket

import pytest

from indexer.errors import OutputError
from server.running.addresses import LOOPBACK, listen


def test_answers_are_not_held_back() -> None:
    """Fails before: asyncio turns Nagle's algorithm off only where the protocol is named, else an answer took 48 ms."""
    listening = listen(None, 0)
    try:
        assert [one.proto for one in listening.sockets] == [socket.IPPROTO_TCP] * len(listening.sockets)
    finally:
        for one in listening.sockets:
            one.close()


def test_all_addresses_are_those_of_both_kinds() -> None:
    """The printed address is one of version 4, at which nothing listened."""
    try:
        listening = listen("::", 0)
    except OutputError:
        pytest.skip("this machine has no IPv6")
    try:
        for address in LOOPBACK:
            socket.create_connection((address, listening.port), timeout=600).close()
    finally:
        listening.close()
