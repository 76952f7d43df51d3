"""The MCP server on stdin and stdout, until stdin ends: how a host on this machine runs it."""

from __future__ import annotations

from pathlib import Path

import anyio

from server.agent_tools.agent import Agent
from server.agents.door import open_agent
from server.opened.open_library import OpenLibrary


def serve_stdio(library: Path, *, allow_write: bool, places: bool, device: str = "auto") -> None:
    """Answer on stdout what comes on stdin; nothing else is written there."""
    opened = OpenLibrary(library, device=device, read_only=not allow_write)
    opened.warm_up()
    try:
        anyio.run(_serve, Agent(opened, allow_write=allow_write, places=places))
    finally:
        opened.close()


async def _serve(agent: Agent) -> None:
    async with open_agent(agent) as server:
        await server.run_stdio_async()
