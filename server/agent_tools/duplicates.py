"""The tool find_duplicates: groups of the same photo, which of them to keep, and what can go without a loss."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from server.agent_tools.agent import Agent
from server.agent_tools.answers import Answer, answer
from server.agent_tools.models import PhotoFilters
from server.agent_tools.photos import unplaced
from server.agent_tools.progress import watched

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from search.library.library import Library
    from search.progress import Progress
    from server.jobs.duplicate_run import Wanted

MOST_GROUPS = 50
USUAL_GROUPS = 10
NOTHING_DELETED = "Nothing was deleted or changed, and no tool here deletes photos: their owner decides what goes."


class Duplicate(Answer):
    """A photo of a group."""

    id: int
    path: str
    path_bytes: str | None = None
    folder: str = Field(description="for filters")
    format: str
    size: int = Field(description="bytes")
    width: int
    height: int
    taken_at: str | None
    match: str = Field(description="what it is to the one to keep: best, identical, same (re-encoded), cropped, …")
    spare: bool = Field(description="whether it can go without a loss")
    reasons: list[str] = Field(description="why it is the best, or stands behind it")


class DuplicateGroup(Answer):
    """The same photo in several files."""

    keep: int = Field(description="id of the best")
    photos: list[Duplicate] = Field(description="the best first")
    more: int = Field(description="files of the group that are left out here")
    spare_bytes: int


class Duplicates(Answer):
    """A part of the groups."""

    note: str
    total: int = Field(description="groups, on all pages")
    spare: int = Field(description="files that can go without a loss, in all groups")
    spare_bytes: int = Field(description="what that frees")
    stale: bool = Field(description="whether the library has changed since this was found")
    groups: list[DuplicateGroup] = Field(description="by the path of the best")
    notes: list[str]
    next_cursor: str | None = Field(description="give it as cursor for the next page; null at the end")


def add_duplicates(server: MCPServer, agent: Agent) -> None:
    """Give a server the tool."""
    one_at_a_time = asyncio.Lock()  # each looks at all files on all cores; the next often wants the same

    @server.tool(
        title="Find duplicates",
        annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )
    async def find_duplicates(
        context: Context[None],
        filters: PhotoFilters = PhotoFilters(),  # noqa: B008
        exact: Annotated[bool, Field(description="whether only files that are the same byte for byte count")] = False,
        limit: Annotated[int, Field(ge=1, le=MOST_GROUPS, description="groups of a page")] = USUAL_GROUPS,
        cursor: Annotated[str, Field(max_length=40, description="next_cursor of the page before, to go on")] = "",
    ) -> Annotated[CallToolResult, Duplicates]:
        """List groups of the same photo in several files, the one to keep first, and what can go without a loss.

        Nothing is deleted. Cropped or edited ones are in a group, but are not spare. Files that are gone, changed or
        on a drive that is away are in no group. The first call may take minutes; more pages come at once.
        """
        from server.job_api.duplicate_search import continued, page_record, searched, wanted_of

        notes: list[str] = []

        def want(own: Library) -> tuple[Wanted, bool]:
            read_only = not agent.allow_write or own.store.read_only
            return wanted_of(own, filters.body(places=agent.places), exact, notes.append), read_only

        async def look(progress: Progress) -> dict[str, Any]:
            wanted, read_only = await agent.work(want)
            found = agent.jobs.agent_duplicates
            async with one_at_a_time:
                if cursor:
                    run, first = continued(found, cursor, wanted)
                else:
                    run, first = await searched(found, wanted, read_only=read_only, progress=progress), 0
                return await agent.ask(lambda own: page_record(own, run, first, limit))

        page = await watched(context, "photos compared", look)
        if not agent.places:
            page["groups"] = [_unplaced(group) for group in page["groups"]]
        return answer(Duplicates, {"note": NOTHING_DELETED, **page, "notes": notes})


def _unplaced(group: dict[str, Any]) -> dict[str, Any]:
    """Return a group that does not tell of which photos it is known where they were taken."""
    from search.duplicates.reasons import WHERE

    photos = [
        {**unplaced(photo), "reasons": [reason for reason in photo["reasons"] if not reason.endswith(WHERE)]}
        for photo in group["photos"]
    ]
    return {**group, "photos": photos}
