"""The tool index: an index run over folders that the library has, watched to its end.

Annotations are evaluated as they stand here, since they name functions of one server that ask the person.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from indexer.errors import FolderError
from server.agent_changes.confirming import SAID_NO, Answered, Confirmed, is_yes, question
from server.agent_changes.linking import FileReason
from server.agent_tools.agent import Agent
from server.agent_tools.answers import Answer, answer
from server.agent_tools.overview import IndexedFolder
from server.agent_tools.progress import TOLD_SECONDS
from server.api.models import ImageId
from server.errors import Refused

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from search.library.library import Library
    from server.jobs.all_jobs import AllJobs
    from server.jobs.index_progress import IndexProgress

JUST_ENDED = "The run that went on has just ended; call this again for another one."
MOST_SHOWN = 20
WATCHING = Confirmed()  # what goes on is watched, so nobody is asked
STEP = 0.001  # by which progress goes on where no more files are done: MCP wants each report to be further

RootId = Annotated[str, Field(pattern="^[0-9]{1,15}:?$")] | ImageId
RootIds = Annotated[
    list[RootId] | None,
    Field(
        min_length=1, max_length=10_000, description='ids of folders, as library_overview has them ("1:"); null: all'
    ),
]


class Indexed(Answer):
    """How an index run ended, and what the library has now."""

    state: Literal["done", "stopped", "declined"]
    sentence: str
    joined: bool = Field(default=False, description="whether it went on already, and was only watched")
    photos: int | None = None
    failures: int | None = Field(default=None, description="files that can't be indexed, of this and earlier runs")
    first_failures: list[FileReason] = Field(default_factory=list)
    folders: list[IndexedFolder] = Field(default_factory=list)


def add_index(server: "MCPServer", agent: Agent) -> None:
    """Give a server the tool."""

    async def confirm(context: Context[None], roots: list[str | int] | None) -> Confirmed | Elicit[Confirmed]:
        jobs = agent.jobs
        if jobs.index.state().running:
            return WATCHING
        return question(context, await agent.write(lambda own: _question(own, _ids(roots))))

    @server.tool(
        title="Index",
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )
    async def index(
        context: Context[None], answered: Annotated[Answered, Resolve(confirm)], roots: RootIds = None
    ) -> Annotated[CallToolResult, Indexed]:
        """Go over the library's folders: take new and changed photos in, forget those that are gone from the disk.

        Only folders that the library has; a new one is added with the command clipsearch index FOLDER. It can take
        long, and tells how far it is; cancelling stops it, and what is encoded by then is kept. A run that goes on
        already is watched instead.
        """
        if not is_yes(answered):
            return answer(Indexed, {"state": "declined", "sentence": SAID_NO})
        jobs = agent.jobs
        joined = await _start(
            agent, jobs, _ids(roots), only_watch=answered.action == "accept" and answered.data is WATCHING
        )
        await _watched(context, jobs, is_own=not joined)
        last = jobs.index.state().last
        sentence = "The run has ended." if last is None else last.sentence
        record = await agent.ask(lambda own: _record(own, jobs))
        if last is not None and not last.ok:
            raise FolderError(" ".join([sentence, *_lost(record)]))
        state = "stopped" if sentence.startswith("Stopped") else "done"
        return answer(Indexed, {**record, "state": state, "sentence": sentence, "joined": joined})


def _question(own: "Library", roots: list[int] | None) -> str:
    """Return what the person is asked; raises InvalidRequest for what is no folder of the library."""
    from indexer.paths import readable
    from indexer.store.roots import roots as known_roots
    from indexer.wording import counted
    from server.job_api.index_records import folders_of

    folders = folders_of(own, roots) or [root.path for root in known_roots(own.store)]
    listed = ", ".join(map(readable, folders[:MOST_SHOWN])) + (", …" if len(folders) > MOST_SHOWN else "")
    return f"Go over {counted(len(folders), 'folder', ',')} for new and changed photos: {listed}?"


async def _start(agent: Agent, jobs: "AllJobs", roots: list[int] | None, *, only_watch: bool) -> bool:
    """Start a run, and return whether one of this server goes on already; raises Refused for another program's.

    With `only_watch` nobody was asked about a new one, so it raises Refused if there is none to watch any more.
    """
    from server.job_api.index_records import folders_of

    folders = await agent.write(lambda own: folders_of(own, roots))
    if jobs.index.state().mine:
        return True
    if only_watch and jobs.index.state().by is None:
        raise Refused(409, JUST_ENDED)
    jobs.index.start(folders)
    return False


async def _watched(context: Context[None], jobs: "AllJobs", *, is_own: bool) -> None:
    """Wait for the end of the run that goes on, and tell how far it is; if this call ends before, stop its own."""
    told, said = -1.0, ""
    try:
        while (progress := jobs.index.state().progress) is not None:
            message = _message(progress)
            if progress.done > told or message != said:
                told, said = max(float(progress.done), told + STEP), message
                await context.report_progress(told, progress.total or None, message)
            await asyncio.sleep(TOLD_SECONDS)
    except BaseException:
        if is_own:
            with contextlib.suppress(Refused):  # it has ended
                jobs.index.stop()
        raise


def _message(progress: "IndexProgress") -> str:
    """Say what a run does now, and how long it takes yet."""
    left = progress.left_seconds
    rest = "" if left is None else f", {left:,.0f} s left"
    return f"{progress.sentence}{f': {progress.current}' if progress.current else ''}{rest}"


def _record(own: "Library", jobs: "AllJobs") -> dict[str, Any]:
    """Return what the library has."""
    from server.job_api.failure_records import failure_page
    from server.job_api.index_records import index_state

    state = index_state(own, jobs, with_roots=True)
    names = ("path", "indexed_at", "state")
    folders = [
        {"id": f"{one['id']}:", **{name: one[name] for name in names}, "photos": one["pictures"]}
        for one in state["roots"]
    ]
    failures = failure_page(own.store, MOST_SHOWN, None)["failures"] if state["failures"] else []
    first = [{"path": one["path"], "reason": one["reason"]} for one in failures]
    return {"photos": state["pictures"], "failures": state["failures"], "first_failures": first, "folders": folders}


def _lost(record: dict[str, Any]) -> list[str]:
    """Return a sentence on the library's folders that are not there, if there are any; by their ids, not by names."""
    lost = [one["id"] for one in record["folders"] if one["state"] in ("not there", "not readable")]
    return [f"Not there: {', '.join(lost)} of library_overview; check that the drive is mounted."] if lost else []


def _ids(roots: list[str | int] | None) -> list[int] | None:
    """Return ids as numbers, whichever way they are written."""
    return None if roots is None else [int(str(root).removesuffix(":")) for root in roots]
