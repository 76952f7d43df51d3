"""Where the server listens: on this machine alone unless told otherwise, under both of its addresses and one port."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.errors import OutputError

PORT = 8765
TRIED = 20  # ports from there on, if none is asked for
LOOPBACK = ("127.0.0.1", "::1")
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104
BACKLOG = 128
NO_NETWORK = "192.0.2.1"  # reserved for documentation: nothing is sent there, but the system says by which way it would


@dataclass(frozen=True, slots=True)
class Listening:
    """Sockets that listen, and how they are reached."""

    sockets: tuple[socket.socket, ...]
    port: int
    host: str | None  # as it was asked for; None for this machine alone

    @property
    def address(self) -> str:
        """The address of the page."""
        host = "localhost" if self.host is None else _own_address() if self.host in ANYWHERE else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def close(self) -> None:
        """Stop listening."""
        for one in self.sockets:
            one.close()


def listen(host: str | None, port: int | None) -> Listening:
    """Listen on a port, by default on the first free one from PORT on; 0 is any free one.

    Raises OutputError if that can't be done.
    """
    if port is not None:
        return _listening(host, port, port)
    for tried in range(PORT, PORT + TRIED):
        with contextlib.suppress(OutputError):
            return _listening(host, tried, tried)
    return _listening(host, 0, 0)


def names_of(listening: Listening) -> frozenset[str]:
    """Return the names, without a port, by which a browser may call the server."""
    names = {"localhost", *LOOPBACK}
    if listening.host is not None:
        names.add(listening.host.lower())
        own = socket.gethostname().lower()
        names |= {own, f"{own.partition('.')[0]}.local", socket.getfqdn().lower()}
    return frozenset(names - set(ANYWHERE))


def _listening(host: str | None, port: int, asked: int) -> Listening:
    opened: list[socket.socket] = []
    try:
        for family, address in _addresses(host):
            opened.append(_bound(family, address, opened[0].getsockname()[1] if opened else port))
    except OSError as error:
        for one in opened:
            one.close()
        raise OutputError(_why_not(host, asked, error)) from error
    return Listening(tuple(opened), opened[0].getsockname()[1], host)


def _addresses(host: str | None) -> Iterator[tuple[socket.AddressFamily, str]]:
    """Yield the addresses to listen on; raises OSError for a host that is not known."""
    if host is None:
        yield socket.AF_INET, LOOPBACK[0]
        if _has_ipv6():
            yield socket.AF_INET6, LOOPBACK[1]
        return
    if host == ANYWHERE[1]:
        yield socket.AF_INET, ANYWHERE[0]  # or the address that is printed would not answer
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    yield from dict.fromkeys((family, str(place[0])) for family, _, _, _, place in found)


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    """Return a socket that listens on an address."""
    # Only of a socket that is said to be TCP asyncio turns Nagle's algorithm off, which costs 40 ms an answer.
    one = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":
            one.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind((address, port))
        one.listen(BACKLOG)
        one.setblocking(False)
    except BaseException:
        one.close()
        raise
    return one


def _has_ipv6() -> bool:
    """Return whether this machine can be reached under ::1."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as one:
            one.bind((LOOPBACK[1], 0))
            return True
    except OSError:
        return False


def _why_not(host: str | None, port: int, error: OSError) -> str:
    if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)):
        return (
            f"Port {port} is in use by another program, perhaps another clipsearch serve; give another one with"
            " --port, or leave it out for the next free one."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is not for everyone on this machine; give one above 1023 with --port."
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine; give one with --host, or 0.0.0.0 for all of them."
    return f"The server can't listen on port {port}: {error.strerror or error}."


def _own_address() -> str:
    """Return the address under which others reach this machine."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect((NO_NETWORK, 9))
        return str(one.getsockname()[0])
    return socket.gethostname()


def is_local(host: str | None) -> bool:
    """Return whether only this machine reaches a host to listen on."""
    if host is None or host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
