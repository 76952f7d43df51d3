"""A person behind an assistant's program: is asked before something is done, and says yes, no, or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import anyio
from mcp.client.client import Client
from mcp.client.context import ClientRequestContext
from mcp_types import CallToolResult, ElicitRequestParams, ElicitResult

from server.agents.door import AgentServer
from tests.server.agent_tools.conftest import text_of

Action = Literal["accept", "decline", "cancel"]
MODES = ("legacy", "auto")  # asked in the course of a call, and by its answer


class Person:
    """Calls tools through a program that can ask."""

    def __init__(
        self,
        server: AgentServer,
        mode: str = "auto",
        action: Action = "accept",
        content: dict[str, Any] | None = None,
        meanwhile: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self.server, self.mode, self.action = server, mode, action
        self.content = {"go_ahead": True} if content is None else content
        self.meanwhile = meanwhile  # what happens before the person answers
        self.asked: list[str] = []

    def client(self) -> Client:
        """Return a client that asks this person."""
        return Client(self.server, mode=self.mode, elicitation_callback=self.answer)

    async def answer(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        """Answer a question."""
        self.asked.append(params.message)
        if self.meanwhile is not None:
            await self.meanwhile()
        return ElicitResult(action=self.action, content=self.content if self.action == "accept" else None)

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        """Return what a tool answers, in a session of its own."""

        async def ask() -> CallToolResult:
            async with self.client() as client:
                return await client.call_tool(tool, arguments)

        return anyio.run(ask)

    def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return the object that a tool answers, which is no error."""
        result = self.call(tool, **arguments)
        assert not result.is_error, text_of(result)
        assert result.structured_content is not None
        return result.structured_content

    def refused(self, tool: str, **arguments: Any) -> str:
        """Return the sentence of a tool that can't do it."""
        result = self.call(tool, **arguments)
        assert result.is_error, text_of(result)
        return text_of(result)
