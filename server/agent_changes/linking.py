"""The tool link_to: photos linked or copied into a folder, first as a plan, then exactly that if the person agrees.

Annotations are evaluated as they stand here, since they name functions of one server that ask the person.
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from indexer.errors import InvalidRequest
from server.agent_changes.confirming import SAID_NO, Answered, Confirmed, is_yes, question
from server.agent_tools.agent import Agent
from server.agent_tools.answers import Answer, answer
from server.agent_tools.models import PhotoFilters
from server.agent_tools.progress import followed
from server.agent_tools.searching import LessLike, Minus, MoreLike, Query, search_body
from server.api.models import ImageId
from server.job_api.action_models import Action

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from search.library.library import Library
    from server.jobs.all_jobs import AllJobs
    from server.jobs.job import Job

MOST_PHOTOS = 1_000  # that are named by their ids
NOT_SAID = "Say which photos, with ids, a query or filters."
ONE_OF_BOTH = "Say which photos with ids or with a search, not with both."

Which = Annotated[
    list[ImageId], Field(max_length=MOST_PHOTOS, description="these photos; or a search, all its matches")
]
Folder = Annotated[
    str, Field(min_length=1, max_length=4096, description="the whole path of a folder, as the person said it; ~/ too")
]
PlanToken = Annotated[str | None, Field(max_length=64, description="of the first call, which only says what would be")]


class FileReason(Answer):
    """A file, and what is to be said of it."""

    path: str
    reason: str


class Linked(Answer):
    """What would be done, or was."""

    state: Literal["planned", "done", "stopped", "declined"]
    sentence: str
    plan: str | None = Field(default=None, description="give it with the same arguments to do exactly this")
    photos: int = Field(description="that are meant")
    copies: int = Field(default=0, description="of these photos, in other files, which are left out")
    bytes: int | None = Field(default=None, description="of the files that are meant")
    first: list[str] = Field(default_factory=list, description="names of the first files")
    folder: str | None
    notes: list[str] = Field(default_factory=list, description="what the person should know before, a sentence each")
    done: int = Field(default=0, description="files that are there now")
    there: int = Field(default=0, description="photos that the folder held already")
    problems: list[FileReason] = Field(default_factory=list, description="the first files that could not be read")
    more_problems: int = 0
    action: str | None = Field(default=None, description="of the journal; undo takes the last one back")


def add_link_to(server: "MCPServer", agent: Agent) -> None:
    """Give a server the tool."""

    async def asked(
        folder: str,
        ids: list[int],
        query: str,
        like_ids: list[int],
        unlike_ids: list[int],
        minus: list[str],
        filters: PhotoFilters,
        copy: bool,
        plan: str | None,
    ) -> Action:
        is_search = bool(query or like_ids or unlike_ids or minus or filters != PhotoFilters())
        if is_search == bool(ids):
            raise InvalidRequest(ONE_OF_BOTH if ids else NOT_SAID)
        search = search_body(query, like_ids, unlike_ids, minus, filters.body(places=agent.places), None)
        given = {name: getattr(search, name) for name in type(search).model_fields}
        kind: Literal["copy", "link"] = "copy" if copy else "link"
        return Action(**given, ids=ids or None, kind=kind, to=folder, dry_run=plan is None, plan=plan)

    async def confirm(context: Context[None], body: Annotated[Action, Resolve(asked)]) -> Confirmed | Elicit[Confirmed]:
        if body.dry_run:
            return Confirmed()
        jobs = agent.jobs
        return question(context, await agent.write(lambda own: _question(agent, own, jobs, body)))

    @server.tool(
        title="Link photos into a folder",
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )
    async def link_to(
        context: Context[None],
        body: Annotated[Action, Resolve(asked)],
        answered: Annotated[Answered, Resolve(confirm)],
        folder: Folder,
        ids: Which = [],  # noqa: B006
        query: Query = "",
        like_ids: MoreLike = [],  # noqa: B006
        unlike_ids: LessLike = [],  # noqa: B006
        minus: Minus = [],  # noqa: B006
        filters: PhotoFilters = PhotoFilters(),  # noqa: B008
        copy: Annotated[bool, Field(description="copies instead of links, which take no room")] = False,
        plan: PlanToken = None,
    ) -> Annotated[CallToolResult, Linked]:
        """Put photos into a folder as links, or as copies. Originals are never touched, nothing is overwritten.

        The first call does nothing: it says what would be done, and gives a plan. Show that to the person; once they
        agree, call it with the same arguments and the plan. undo takes it back. Cancelling stops it; what is there by
        then stays, and undo takes that back too.
        """
        jobs = agent.jobs
        if body.dry_run:
            return answer(Linked, await agent.write(lambda own: _planned(agent, own, jobs, body)))
        if not is_yes(answered):
            return answer(Linked, {"state": "declined", "sentence": SAID_NO, "photos": 0, "folder": None, "plan": plan})
        from server.job_api.planning import carried_out, check_plan

        checked = await agent.write(lambda own: check_plan(agent.library, own, jobs, body))
        job = carried_out(jobs, checked, body)
        return answer(Linked, _ended(await followed(context, job, lambda: jobs.actions.stop(job.id)), str(checked.to)))


def _question(agent: Agent, own: "Library", jobs: "AllJobs", body: Action) -> str:
    """Return what the person is asked before a plan is carried out: where links lead, not what was typed.

    Raises what `check_plan` raises.
    """
    from indexer.paths import readable
    from indexer.wording import counted, human_size
    from server.job_api.picking import files_of
    from server.job_api.planning import VERBS, check_plan

    plan = check_plan(agent.library, own, jobs, body)
    files, size = files_of(own, plan.picked.ids.tolist())
    room = f" ({human_size(size)})" if body.kind == "copy" else ""
    return f"{VERBS[body.kind]} {counted(files, 'photo', ',')}{room} to {readable(str(plan.to))}?"


def _planned(agent: Agent, own: "Library", jobs: "AllJobs", body: Action) -> dict[str, Any]:
    """Return what would be done; raises what `make_plan` raises."""
    from server.job_api.planning import make_plan

    plan = make_plan(agent.library, own, jobs, body)
    names = ("plan", "copies", "bytes", "first", "folder", "sentence", "notes")
    return {"state": "planned", "photos": plan["pictures"], **{name: plan[name] for name in names}}


def _ended(job: "Job", folder: str) -> dict[str, Any]:
    """Return what a job has done."""
    from indexer.paths import readable

    known = {"state": job.state, "sentence": job.sentence, "photos": job.total, "folder": readable(folder)}
    return {**known, **(job.result or {})}
