"""The MCP server on stdin and stdout, until stdin ends or a signal comes: how a host on this machine runs it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from server.agent_tools.agent import Agent
from server.agents.ending import Ending
from server.agents.wire import Lines, Output, Wire
from server.opened.open_library import OpenLibrary


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
    """Answer on a wire what comes on it; `ending` is called as soon as nothing more is to be answered."""
    end = Ending(ending)
    with end.heard():
        opened = OpenLibrary(library, device=device, read_only=not allow_write)
        opened.warm_up()  # while the SDK is being imported, which takes most of the start
        try:
            _serve(Agent(opened, allow_write=allow_write, places=places, grid=grid), wire, end)
        finally:
            opened.close()


def _serve(agent: Agent, wire: Wire, end: Ending) -> None:
    gc.disable()  # looking for garbage in what is being imported takes a twentieth of the start
    import anyio
    from mcp.server.stdio import stdio_server

    from server.agents.door import open_agent

    gc.enable()
    gc.freeze()  # what was imported stays

    async def answer() -> None:
        lines, output = Lines(wire.input, end.begun), Output(wire.output, end.ask)
        async with open_agent(agent) as server:
            with end.ends():
                async with stdio_server(cast(Any, lines), cast(Any, output)) as (read, write):
                    await server.speak(read, write)

    anyio.run(answer)
