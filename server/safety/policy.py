"""Who may ask the server, and what: decided once when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.safety.secret_words import Once

LOOPBACK_NAMES = frozenset(("localhost", "127.0.0.1", "::1"))
USUAL_PORT = 8765

Leave = Literal["off", "read", "write"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What requests must be; the defaults are those of a server that only this machine reaches."""

    names: frozenset[str] = LOOPBACK_NAMES  # by which a browser may call it, without the port
    port: int = USUAL_PORT
    token: str | None = None  # that whoever asks must have
    read_only: bool = False
    once: Once | None = None  # what lets a browser in that was started with it
    own_addresses: bool = False  # whether each address of this machine is a name too
    agents: Leave = "read"  # what assistants may do
    places: bool = True  # whether they are told where pictures were taken
    grid: bool = True  # whether their programs are offered the grid in the chat

    @property
    def cookie(self) -> str:
        """The name of the token's cookie: cookies are shared by all ports of a host."""
        return f"clipsearch-{self.port}"
