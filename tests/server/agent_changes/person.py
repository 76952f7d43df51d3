"""A person behind an assistant's program: is asked before something is done, and says yes, no, or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from mcp.client.client import Client
from mcp.client.context import ClientRequestContext
from mcp_types import ElicitRequestParams, ElicitResult

from server.agents.agent_server import AgentServer
from tests.server.agent_tools.conftest import Caller

Action = Literal["accept", "decline", "cancel"]
MODES = ("legacy", "auto")  # asked in the course of a call, and by its answer


class Person(Caller):
    """Calls tools through a program that can ask."""

    def __init__(
        self,
        server: AgentServer,
        mode: str = "auto",
        action: Action = "accept",
        content: dict[str, Any] | None = None,
        meanwhile: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        super().__init__(server)
        self.mode, self.action = mode, action
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
