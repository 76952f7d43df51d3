"""Tests of what all tools that change something have in common: honest hints, and a sentence without a library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client

from server.agent_tools.agent import Agent
from server.agents.agent_server import WRITING_NAMES
from server.opened.open_library import OpenLibrary
from tests.server.agent_tools.conftest import Assistant

CALLS: dict[str, dict[str, Any]] = {
    "save_labels": {"name": "things", "classes": ["cup", "car"]},
    "correct_label": {"label_set": "things", "ids": [1], "labels": ["cup"]},
    "link_to": {"folder": "/tmp/best", "ids": [1]},
    "index": {},
    "undo": {"what": "links"},
}


def test_what_hosts_are_told_of_each_is_so(writer: Assistant) -> None:
    async def hints() -> dict[str, tuple[bool | None, bool | None, bool | None]]:
        async with Client(writer.server) as client:
            tools = (await client.list_tools()).tools
        told = {tool.name: tool.annotations for tool in tools if tool.name in WRITING_NAMES}
        return {
            name: (hint.read_only_hint, hint.destructive_hint, hint.idempotent_hint)
            for name, hint in told.items()
            if hint is not None
        }

    assert anyio.run(hints) == {
        "save_labels": (False, True, True),
        "correct_label": (False, False, False),
        "link_to": (False, False, True),
        "index": (False, False, True),
        "undo": (False, True, False),
    }


@pytest.mark.parametrize("tool", sorted(WRITING_NAMES))
def test_a_library_that_is_not_there_is_told(tmp_path: Path, tool: str) -> None:
    opened = OpenLibrary(tmp_path / "none", device="cpu")
    agent = Agent(opened, allow_write=True)
    assert "There is no library at" in Assistant(agent).refused(tool, **CALLS[tool])
    agent.close()
    opened.close()
    assert not (tmp_path / "none").exists()
