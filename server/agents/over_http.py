"""The MCP server over HTTP: what answers at one address of a server that has a door of its own before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.transport_security import TransportSecuritySettings

from server.agent_tools.agent import Agent
from server.agents.door import open_agent

MOST_SESSIONS = 32  # each may hold a connection, of which the server has 100
IDLE_SECONDS = 1800.0  # that a session is kept of which nobody asks anything, nor listens

Answers = Callable[[Any, Any, Any], Awaitable[None]]


@asynccontextmanager
async def open_http(agent: Agent, path: str, most_bytes: int) -> AsyncIterator[Answers]:
    """Give what answers HTTP requests, bodies of so many bytes at the most; its sessions end with it.

    Names, origins and tokens are not looked at here: server/safety has done so, by a list that knows what the server is
    called, which the SDK's own does not.
    """
    async with open_agent(agent) as server:
        server.streamable_http_app(
            streamable_http_path=path,
            max_request_body_size=most_bytes,
            session_idle_timeout=IDLE_SECONDS,
            max_sessions=MOST_SESSIONS,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        manager = server.session_manager
        async with manager.run():
            yield manager.handle_request
