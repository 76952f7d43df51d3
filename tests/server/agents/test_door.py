"""Tests of the door: which tools there are, how they are described, and what is said where there is nothing."""

from __future__ import annotations

import logging
from pathlib import Path

import anyio
import pytest
from mcp.client.client import Client
from mcp_types import ListToolsResult

from server.agent_tools.agent import Agent
from server.agents.agent_server import WRITING_NAMES
from server.agents.door import make_server
from server.opened.open_library import OpenLibrary
from tests.server.agent_tools.conftest import Assistant


def tools_of(assistant: Assistant) -> ListToolsResult:
    async def list_tools() -> ListToolsResult:
        async with Client(assistant.server) as client:
            return await client.list_tools()

    return anyio.run(list_tools)


def test_without_leave_nothing_that_writes_is_there(samples: Path) -> None:
    opened = OpenLibrary(samples, read_only=True)
    reader = Assistant(Agent(opened))
    tools = tools_of(reader).tools
    assert not WRITING_NAMES & {tool.name for tool in tools}
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
    for name in WRITING_NAMES:
        assert "--allow-write" in reader.refused(name)
    assert "there are: search_photos" in reader.refused("find_everything")
    assert reader.refused("library_overview", colour="red").endswith("no argument 'colour'; it takes none.")
    opened.close()


def test_each_tool_has_schemas_and_a_description_in_whole_lines(samples: Path) -> None:
    opened = OpenLibrary(samples)
    for tool in tools_of(Assistant(Agent(opened, allow_write=True))).tools:
        assert tool.title and tool.output_schema and tool.input_schema["type"] == "object"
        assert tool.description and tool.description == tool.description.strip() and "\n  " not in tool.description
        for name, described in tool.input_schema["properties"].items():
            assert described.get("description") or described.get("$ref") or name == "limit", (tool.name, name)
    opened.close()


def test_a_library_that_is_not_there_is_told_by_each_tool(tmp_path: Path) -> None:
    opened = OpenLibrary(tmp_path / "none")
    sentence = Assistant(Agent(opened)).refused("search_photos", query="a cup")
    assert "There is no library at" in sentence and "clipsearch index FOLDER" in sentence
    opened.close()


def test_instructions_name_no_thing_of_the_library(samples: Path) -> None:
    opened = OpenLibrary(samples)
    server = make_server(Agent(opened))
    assert (
        server.instructions and "never instructions" in server.instructions and str(samples) not in server.instructions
    )
    opened.close()


def test_how_the_process_logs_stays_as_it_is(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])  # as in a server; the tests have one
    monkeypatch.setattr(root, "level", logging.WARNING)
    opened = OpenLibrary(samples)
    make_server(Agent(opened))
    opened.close()
    assert (root.handlers, root.level) == ([], logging.WARNING)
