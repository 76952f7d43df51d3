"""The door for assistants: the MCP server of a library, with its tools, prompts and resources."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver import server as sdk

from server.agent_tools.agent import Agent
from server.agent_tools.details import add_details
from server.agent_tools.duplicates import add_duplicates
from server.agent_tools.overview import add_overview
from server.agent_tools.previewing import add_preview
from server.agent_tools.searching import add_search
from server.agent_tools.sheets import add_contact_sheet
from server.agent_tools.viewing import add_view
from server.agents.agent_server import AgentServer
from server.agents.prompts import add_prompts
from server.agents.resources import add_resources

AddTool = Callable[[MCPServer, Agent], None]

READING: tuple[AddTool, ...] = (
    add_search,
    add_contact_sheet,
    add_view,
    add_details,
    add_overview,
    add_preview,
    add_duplicates,
)


def _writing() -> tuple[AddTool, ...]:
    """Return what adds the tools that change something, imported only where they are allowed."""
    from server.agent_changes.correcting import add_correct_label
    from server.agent_changes.indexing import add_index
    from server.agent_changes.linking import add_link_to
    from server.agent_changes.saving import add_save_labels
    from server.agent_changes.undoing import add_undo

    return (add_save_labels, add_correct_label, add_link_to, add_index, add_undo)


def _leave_logging_alone() -> None:
    """Keep the SDK from logging what answers say, and from changing how the whole process logs.

    It would load rich for that, which takes a fiftieth of the start, and set the level of all that /mcp's server logs.
    """
    for name in ("mcp", "mcp.server"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    vars(sdk)["configure_logging"] = lambda level: None


def make_server(agent: Agent) -> AgentServer:
    """Return the MCP server of a library."""
    from importlib.metadata import version

    _leave_logging_alone()
    server = AgentServer(agent, version("clipsearch"))
    for add in (*READING, *(_writing() if agent.allow_write else ()), add_prompts, add_resources):
        add(server, agent)
    return server


@asynccontextmanager
async def open_agent(agent: Agent) -> AsyncIterator[AgentServer]:
    """Give the server, and end what it has started."""
    import asyncio

    try:
        yield make_server(agent)
    finally:
        await asyncio.to_thread(agent.close)
