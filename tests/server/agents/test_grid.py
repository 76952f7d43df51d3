"""Tests of the grid in the chat as a server offers it; in a browser it is tested by tests/page/e2e/assistant_grid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from mcp.client.extension import advertise
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID
from mcp_types import TextResourceContents

from server.agent_tools.agent import Agent
from server.agents.grid import APP, GRID, MODULES, grid_document
from server.opened.open_library import OpenLibrary
from tests.server.agent_tools.conftest import Assistant

LOADS = re.compile(r"\b(?:src|href|url)\s*[=(]\s*[\"']?\w|@import\s+[\"'u]|\bimport\(|\bfetch\(|XMLHttp|WebSocket")
UNSAFE = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc")


@pytest.fixture
def reader(samples: Path) -> Iterator[Assistant]:
    opened = OpenLibrary(samples, device="cpu", read_only=True)
    yield Assistant(Agent(opened))
    opened.close()


def read(reader: Assistant) -> TextResourceContents:
    async def ask() -> Any:
        async with Client(reader.server) as client:
            return await client.read_resource(GRID)

    (content,) = anyio.run(ask).contents
    assert isinstance(content, TextResourceContents)
    return content


def test_a_search_names_the_document_that_shows_it(reader: Assistant) -> None:
    async def ask() -> Any:
        async with Client(reader.server) as client:
            return await client.list_tools(), await client.list_resources(), client.server_capabilities

    tools, resources, capabilities = anyio.run(ask)
    shown = {tool.name for tool in tools.tools if tool.meta == {"ui": {"resourceUri": GRID}}}
    assert shown == {tool.name for tool in tools.tools if tool.meta}
    assert {"search_photos"} <= shown <= {"search_photos", "contact_sheet"}
    (listed,) = (resource for resource in resources.resources if resource.uri == GRID)
    assert listed.mime_type == APP_MIME_TYPE
    assert EXTENSION_ID in (capabilities.extensions or {})


def test_without_the_grid_nothing_of_it_is_told(samples: Path) -> None:
    opened = OpenLibrary(samples, device="cpu", read_only=True)
    server = Assistant(Agent(opened, grid=False)).server

    async def ask() -> Any:
        async with Client(server) as client:
            return await client.list_tools(), await client.list_resources(), client.server_capabilities

    tools, resources, capabilities = anyio.run(ask)
    opened.close()
    assert tools.tools and not any(tool.meta for tool in tools.tools)
    assert not any(resource.uri == GRID for resource in resources.resources)
    assert EXTENSION_ID not in (capabilities.extensions or {})


def test_the_document_is_whole_and_asks_for_no_leave(reader: Assistant) -> None:
    content = read(reader)
    assert content.mime_type == APP_MIME_TYPE
    assert content.meta == {"ui": {"prefersBorder": True}}
    assert content.text.startswith("<!doctype html>")
    assert not LOADS.search(content.text)
    assert not UNSAFE.search(content.text)
    assert content.text.count("<script") == content.text.count("</script>") == 1
    assert content.text.count("<style") == content.text.count("</style>") == 1


def test_the_script_holds_each_module_once_and_no_name_twice() -> None:
    script = grid_document()
    names = re.findall(r"^(?:const|let|async function|function|class) (\w+)", script, re.MULTILINE)
    assert len(names) == len(set(names))
    assert not re.search(r"^(?:import|export)\b", script, re.MULTILINE)
    assert {file.name for file in APP.glob("*.js")} == {file.name for file in MODULES if file.parent == APP}
    for file in MODULES:
        assert file.read_text(encoding="utf-8").splitlines()[0] in script, file.name


def test_nothing_of_it_is_read_before_it_is_asked_for(reader: Assistant) -> None:
    grid_document.cache_clear()
    reader.ask("search_photos", query="a cup", limit=1)
    assert grid_document.cache_info().currsize == 0
    read(reader)
    assert grid_document.cache_info().currsize == 1


def test_a_program_that_shows_no_apps_gets_the_same_answer(reader: Assistant) -> None:
    async def ask(*extensions: Any) -> Any:
        async with Client(reader.server, extensions=extensions) as client:
            return await client.call_tool("search_photos", {"query": "a cup", "limit": 3})

    shows = advertise(EXTENSION_ID, {"mimeTypes": [APP_MIME_TYPE]})
    assert anyio.run(ask) == anyio.run(ask, shows)
