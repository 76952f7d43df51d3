"""The command line with one tool more, which only tests have: it counts for a while, and notes how that ended."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

from mcp.server.mcpserver import Context, MCPServer
from mcp_types import CallToolResult

from search.progress import Progress
from server.agent_tools.agent import Agent
from server.agent_tools.answers import Answer, answer
from server.agent_tools.progress import Stopped, watched
from server.agents import door

BEAT = 0.02  # seconds
PRINTED = 3  # beats: nobody reads it all the while, and a pipe that is full holds up whoever prints
PATIENCE = 60.0  # seconds that the end of a process waits for this tool, which may have to wait for a busy machine


class Counted(Answer):
    """How far it came."""

    beats: int


def add_slow(server: MCPServer, agent: Agent) -> None:
    """Give a server the tool."""
    print("and this at the start", flush=True)  # noqa: T201

    @server.tool()
    async def count_slowly(beats: int, note: str, context: Context) -> Annotated[CallToolResult, Counted]:  # type: ignore[type-arg]
        """Count, and print that to standard output, as libraries may."""

        def count(progress: Progress) -> dict[str, int]:
            try:
                for beat in range(beats):
                    if beat < PRINTED:
                        print("a library prints this", flush=True)  # noqa: T201
                    progress(beat, beats)
                    time.sleep(BEAT)
            except Stopped:
                Path(note).write_text("stopped")
                raise
            Path(note).write_text("counted")
            return {"beats": beats}

        work = lambda progress: agent.library.run(lambda: count(progress))  # noqa: E731
        return answer(Counted, await watched(context, "Counting", work))


def main() -> None:
    """Run the command line."""
    from cli.commands import mcp
    from cli.main import main as clipsearch
    from cli.process import interrupts

    mcp.PATIENCE = interrupts.TIDYING_PATIENCE = PATIENCE
    door.READING = (*door.READING, add_slow)
    clipsearch()


if __name__ == "__main__":
    main()
