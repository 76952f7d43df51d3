"""Tests of the prompts: what they say, the tools that they name, and a sentence for what can't be asked."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import anyio
import pytest
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import GetPromptResult, Prompt, TextContent

from tests.server.agent_tools.conftest import Assistant, Assistants

ARGUMENTS = {
    "find_photos": {"what": "our dog in the snow"},
    "sort_into_classes": {"classes": "cup, car"},
    "tidy_duplicates": {},
}


@pytest.fixture
def assistants(tmp_path: Path) -> Assistants:
    """Return what makes assistants; no prompt needs a library."""
    return Assistants(tmp_path / "no library", ExitStack())


def prompts_of(assistant: Assistant) -> list[Prompt]:
    async def ask() -> list[Prompt]:
        async with Client(assistant.server) as client:
            return list((await client.list_prompts()).prompts)

    return anyio.run(ask)


def text(assistant: Assistant, name: str, **arguments: str) -> str:
    """Return the text of a prompt, which is one message of the user."""

    async def ask() -> GetPromptResult:
        async with Client(assistant.server) as client:
            result = await client.get_prompt(name, arguments)
            assert isinstance(result, GetPromptResult)
            return result

    [message] = anyio.run(ask).messages
    assert message.role == "user" and isinstance(message.content, TextContent)
    return message.content.text


def test_there_is_one_for_each_of_the_commonest_jobs(assistants: Assistants) -> None:
    found = prompts_of(assistants())
    assert {prompt.name for prompt in found} == ARGUMENTS.keys()
    for prompt in found:
        assert prompt.title and prompt.description and "\n" not in prompt.description
        assert all(one.description for one in prompt.arguments or [])
        required = {one.name for one in prompt.arguments or [] if one.required}
        assert required == ARGUMENTS[prompt.name].keys()


def test_what_was_given_stands_in_it_as_it_is(assistants: Assistants) -> None:
    reader = assistants()
    assert "show them to me: a {dog} in %s" in text(reader, "find_photos", what="a {dog} in %s")
    sort = text(reader, "sort_into_classes", classes="cup, car", among="of {2023}")
    assert "into these classes: cup, car" in sort and "Which photos: of {2023}" in sort
    assert "Which photos: all of them" in text(reader, "tidy_duplicates")


@pytest.mark.parametrize("allow_write", [False, True])
def test_they_name_tools_that_there_are(assistants: Assistants, allow_write: bool) -> None:
    assistant = assistants(allow_write=allow_write)
    named: set[str] = set()
    for name, arguments in ARGUMENTS.items():
        named |= set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", text(assistant, name, **arguments)))

    async def ask() -> set[str]:
        async with Client(assistant.server) as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    there = anyio.run(ask)
    assert named <= there, named - there
    assert ({"save_labels", "correct_label"} <= named) is allow_write
    assert {
        "search_photos",
        "library_overview",
        "label_preview",
        "find_duplicates",
        "contact_sheet",
        "view_photo",
    } <= named


def test_nothing_is_ever_deleted_and_weaker_hits_are_not_found(assistants: Assistants) -> None:
    reader = assistants()
    assert "Never delete or move anything" in text(reader, "tidy_duplicates")
    assert "Don't call weaker hits found" in text(reader, "find_photos", what="x")
    assert "This server only reads" in text(reader, "sort_into_classes", classes="a,b")
    assert "only when I have agreed" in text(assistants(allow_write=True), "sort_into_classes", classes="a,b")


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("find_everything", {}, "There is no prompt 'find_everything'; there are: find_photos, "),
        ("find_photos", {}, "The prompt find_photos needs: what."),
        ("find_photos", {"what": "x" * 501}, "what: String should have at most 500 characters"),
        ("find_photos", {"what": "x", "where": "y"}, "where: Unexpected keyword argument"),
    ],
)
def test_what_can_t_be_asked_is_a_sentence(
    assistants: Assistants, name: str, arguments: dict[str, str], words: str
) -> None:
    async def ask() -> str:
        async with Client(assistants().server) as client:
            try:
                await client.get_prompt(name, arguments)
            except MCPError as error:
                return error.message
        return ""

    sentence = anyio.run(ask)
    assert words in sentence and "\n" not in sentence
