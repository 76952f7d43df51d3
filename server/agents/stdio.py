"""The MCP server on stdin and stdout, until stdin ends: how a host on this machine runs it."""

from __future__ import annotations

import gc
from pathlib import Path

from server.agent_tools.agent import Agent
from server.opened.open_library import OpenLibrary


def serve_stdio(library: Path, *, allow_write: bool, places: bool, device: str = "auto") -> None:
    """Answer on stdout what comes on stdin; nothing else is written there."""
    opened = OpenLibrary(library, device=device, read_only=not allow_write)
    opened.warm_up()  # while the SDK is being imported, which takes most of the start
    try:
        _serve(Agent(opened, allow_write=allow_write, places=places))
    finally:
        opened.close()


def _serve(agent: Agent) -> None:
    gc.disable()  # looking for garbage in what is being imported takes a twentieth of the start
    import anyio

    from server.agents.door import open_agent

    gc.enable()
    gc.freeze()  # what was imported stays

    async def answer() -> None:
        async with open_agent(agent) as server:
            await server.run_stdio_async()

    anyio.run(answer)
