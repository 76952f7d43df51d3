"""The MCP server on stdin and stdout, until stdin ends or a signal comes: how a host on this machine runs it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from server.agent_tools.agent import Agent
from server.agents.ending import Ending
from server.agents.wire import Lines, Output, Wire
from server.opened.open_library import OpenLibrary
from server.signals import heard

WARMING_SECONDS = 0.5  # after the start: what is warmed up while that goes on holds it up, even on two cores


def serve_stdio(
    wire: Wire,
    library: Path,
    *,
    allow_write: bool,
    places: bool,
    grid: bool = True,
    device: str = "auto",
    ending: Callable[[], None] = lambda: None,
) -> None:
    """Answer on a wire what comes on it; `ending` is called as soon as nothing more is to be answered.

    Looking for garbage, which goes on where the caller has stopped it, begins when all is imported.
    """
    end = Ending(ending)
    with heard(end.ask):
        opened = OpenLibrary(library, device=device, read_only=not allow_write)
        try:
            _serve(Agent(opened, allow_write=allow_write, places=places, grid=grid), wire, end)
        finally:
            opened.close()


def _serve(agent: Agent, wire: Wire, end: Ending) -> None:
    import anyio
    from mcp.server.stdio import stdio_server

    from server.agents.door import open_agent

    gc.enable()
    gc.freeze()  # what was imported stays

    async def answer() -> None:
        lines, output = Lines(wire.input, end.begun), Output(wire.output, end.ask)
        async with open_agent(agent) as server:
            warming = asyncio.get_running_loop().call_later(WARMING_SECONDS, agent.library.warm_up)
            with end.ends():
                async with stdio_server(cast(Any, lines), cast(Any, output)) as (read, write):
                    await server.speak(read, write)
            warming.cancel()

    anyio.run(answer)
