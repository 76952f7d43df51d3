"""Assistants over HTTP, at one address; what answers them is loaded when the first one asks, so no page waits for it.

One task opens it and closes it: the SDK's task groups are to be left where they were entered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from indexer.installation import install_command, is_installed
from server.errors import Refused
from server.safety.bodies import JSON_BYTES
from server.safety.policy import Policy
from server.safety.requests import MCP, Scope

if TYPE_CHECKING:
    from fastapi import FastAPI

    from server.agent_tools.agent import Agent
    from server.agents.over_http import Answers

OFF = "This server answers no assistants: it was started with --agents off."
NEEDS_EXTRA = "Serving assistants needs the extra mcp; run: {}, and start the server again."
ENDING = "The server is being stopped; ask again when it runs."
ALLOWING = "clipsearch serve --agents write"
CLOSING_SECONDS = 2.0  # that what assistants have asked for may take to end

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Assistants:
    """Answers them with an app's library, pictures and jobs, as far as a policy lets them."""

    def __init__(self, app: FastAPI, policy: Policy) -> None:
        """Take the app; nothing is loaded yet."""
        self._app = app
        self._policy = policy
        self._answers: asyncio.Future[Answers] | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; raises Refused where assistants can't be answered here."""
        answers = await self._opened()
        await answers(scope, receive, send)

    async def close(self) -> None:
        """End all sessions and what goes on in them."""
        self._stopping.set()
        if self._task is not None:
            await asyncio.wait((self._task,), timeout=CLOSING_SECONDS)

    async def _opened(self) -> Answers:
        """Return what answers, opened by whoever comes first."""
        if self._policy.agents == "off":
            raise Refused(404, OFF)
        if self._stopping.is_set():
            raise Refused(503, ENDING)
        if self._answers is None:
            if not is_installed("mcp"):
                raise Refused(501, NEEDS_EXTRA.format(install_command("mcp")))
            self._answers = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._run(self._answers), name="assistants")
        return await asyncio.shield(self._answers)

    async def _run(self, answers: asyncio.Future[Answers]) -> None:
        """Open the door, and keep it open until the server ends."""
        try:
            await self._app.state.late.ready()  # with it come the jobs
            open_http = await asyncio.to_thread(_load)
            async with open_http(self._agent(), MCP, JSON_BYTES) as opened:
                answers.set_result(opened)
                await self._stopping.wait()
        except Exception as error:
            if answers.done():
                raise
            self._answers = None  # the next one may have more luck
            answers.set_exception(error)
        finally:
            if not answers.done():
                answers.set_exception(Refused(503, ENDING))

    def _agent(self) -> Agent:
        """Return one library's agent, which shares all that the page has."""
        from server.agent_tools.agent import Agent
        from server.opened.dependencies import pictures_of

        state, policy = self._app.state, self._policy
        return Agent(
            state.library,
            allow_write=policy.agents == "write" and not policy.read_only,
            places=policy.places,
            grid=policy.grid,
            allowing=ALLOWING,
            pictures=lambda: pictures_of(self._app),
            jobs=lambda: state.jobs,
        )


def _load() -> Any:
    """Import what takes half a second, in a thread."""
    from server.agents.over_http import open_http

    return open_http
