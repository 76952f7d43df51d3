"""Tests of what hosts are told of tools: short enough to be given to a model each time, and of all that tools take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from mcp_types import Tool

from server.agent_tools.agent import Agent
from server.agents.door import make_server
from server.opened.open_library import OpenLibrary
from tests.server.agent_tools.conftest import Assistant
from tests.server.agents.test_door import tools_of

MOST_OF_ALL, MOST_OF_READING, MOST_FOR_MODELS = 44_000, 28_000, 13_000  # characters


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> list[Tool]:
    opened = OpenLibrary(tmp_path_factory.mktemp("none"))
    return tools_of(Assistant(Agent(opened, allow_write=True))).tools


def told(tool: Tool) -> dict[str, Any]:
    return tool.model_dump(mode="json", by_alias=True, exclude_none=True)


def length(part: Any) -> int:
    return len(json.dumps(part, ensure_ascii=False, separators=(",", ":")))


def parts(schema: Any, word: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return all parts of a schema that are schemas, with the word or name that each stands under."""
    if isinstance(schema, list):
        return [one for part in schema for one in parts(part, word)]
    if not isinstance(schema, dict):
        return []
    return [(word, schema), *(one for key, part in schema.items() for one in parts(part, key))]


def test_the_list_of_tools_is_short(tools: list[Tool]) -> None:
    reading = [told(tool) for tool in tools if tool.annotations and tool.annotations.read_only_hint]
    for_models = [(tool["name"], tool["description"], tool["inputSchema"]) for tool in reading]
    assert length([told(tool) for tool in tools]) <= MOST_OF_ALL
    assert length(reading) <= MOST_OF_READING and length(for_models) <= MOST_FOR_MODELS


def test_arguments_are_told_where_they_are_and_without_null(tools: list[Tool]) -> None:
    for tool in tools:
        schema = told(tool)["inputSchema"]
        jsonschema.Draft202012Validator.check_schema(schema)
        assert not {"$ref", "$defs"} & {key for _, part in parts(schema) for key in part}
        assert not [part for _, part in parts(schema) if part.get("type") == "null" or part.get("default", 0) is None]
        for name, part in schema["properties"].items():
            assert part.get("description"), (tool.name, name)
            if part.get("type") == "object":
                assert all(one.get("description") for one in part["properties"].values()), (tool.name, name)


def test_each_answer_is_told_whole_by_some_tool(tools: list[Tool]) -> None:
    """What one tool does not tell of a photo, the tool that it names does."""
    schemas = {tool.name: told(tool)["outputSchema"] for tool in tools}
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
        names = {one["$ref"] for _, one in parts(schema) if isinstance(one.get("$ref"), str)}
        assert names == {f"#/$defs/{name}" for name in schema.get("$defs", {})}
    photo = schemas["search_photos"]["$defs"]["Photo"]
    assert {"path", "taken_at", "latitude", "copies"} <= photo["properties"].keys() and "path" in photo["required"]
    assert "search_photos tells it" in schemas["view_photo"]["$defs"]["DetailedPhoto"]["description"]
    assert "view_photo tells it" in schemas["photo_details"]["$defs"]["DetailedPhoto"]["description"]


def test_what_answers_is_what_was_told(samples: Path) -> None:
    opened = OpenLibrary(samples, device="cpu", read_only=True)
    agent = Agent(opened)
    reader = Assistant(agent)
    schemas = {tool.name: told(tool)["outputSchema"] for tool in tools_of(reader).tools}
    for name, arguments in (("search_photos", {"query": "a cup"}), ("library_overview", {}), ("find_duplicates", {})):
        jsonschema.validate(reader.ask(name, **arguments), schemas[name])
    agent.close()
    opened.close()


def test_instructions_are_short(samples: Path) -> None:
    opened = OpenLibrary(samples)
    assert 0 < len(make_server(Agent(opened)).instructions or "") < 1_000
    opened.close()
