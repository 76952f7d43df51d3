"""The tool undo: the last links, copies or sidecars, or the last correction of a label set, taken back.

Annotations are evaluated as they stand here, since they name functions of one server that ask the person.
"""

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from server.agent_changes.confirming import SAID_NO, Answered, Confirmed, is_yes, question
from server.agent_changes.correcting import WhichSet
from server.agent_changes.last_done import Last, last_done
from server.agent_changes.linking import FileReason, PlanToken
from server.agent_tools.agent import Agent
from server.agent_tools.answers import Answer, answer
from server.agent_tools.progress import followed
from server.errors import Refused

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from search.library.library import Library
    from server.jobs.all_jobs import AllJobs

OTHER_SINCE = "Something else was done since, which would be taken back instead; call it without a plan again."

What = Annotated[
    Literal["links", "correction"],
    Field(description="the last links, copies or sidecars, whoever made them; or what was last said in a label set"),
]


class Undone(Answer):
    """What would be taken back, or was."""

    state: Literal["planned", "done", "stopped", "declined"]
    sentence: str
    plan: str | None = Field(default=None, description="give it with the same arguments to take exactly this back")
    action: str | None = None
    what: str | None = Field(default=None, description="what had been done")
    when: str | None = Field(default=None, description="when that was, UTC")
    said_by: str | None = Field(default=None, description="who had said it, of a correction")
    taken_back: int = Field(default=0, description="files, or photos that have the label from before")
    kept: list[FileReason] = Field(default_factory=list, description="the first files that stay, and why")
    more_kept: int = 0


def add_undo(server: "MCPServer", agent: Agent) -> None:
    """Give a server the tool."""

    async def confirm(
        context: Context[None], what: str, label_set: str | int | None, plan: str | None
    ) -> Confirmed | Elicit[Confirmed]:
        if plan is None:
            return Confirmed()
        jobs = agent.jobs
        last, sentence = await agent.write(lambda own: _checked(own, jobs, what, label_set, plan))
        return question(context, f"Take this back: {last.what}? {sentence}")

    @server.tool(
        title="Undo",
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False
        ),
    )
    async def undo(
        context: Context[None],
        answered: Annotated[Answered, Resolve(confirm)],
        what: What,
        label_set: Annotated[WhichSet | None, Field(description="of a correction: the set's name or id")] = None,
        plan: PlanToken = None,
    ) -> Annotated[CallToolResult, Undone]:
        """Take back what was done last: links and copies (not originals, nor what was changed since), or a correction.

        Whole label sets and index runs are not taken back: a person removes a set with clipsearch labels remove NAME.
        The first call does nothing: it says what would be taken back, and gives a plan. Show that to the person; once
        they agree, call it with the same arguments and the plan.
        """
        jobs = agent.jobs
        if plan is None:
            last = await agent.write(lambda own: last_done(own, jobs, what, label_set))
            would = await _taken_back(context, agent, last, dry_run=True)
            token = _kept(jobs, last, what, label_set, would["sentence"])
            return answer(Undone, {**last.record(), **would, "state": "planned", "plan": token})
        if not is_yes(answered):
            return answer(Undone, {"state": "declined", "sentence": SAID_NO, "plan": plan})
        last, _ = await agent.write(lambda own: _checked(own, jobs, what, label_set, plan))
        jobs.actions.refuse_second()  # before the plan is used up
        jobs.plans.use(jobs.plans.look(plan, _asked(what, label_set)))
        return answer(Undone, {**last.record(), **await _taken_back(context, agent, last, dry_run=False)})


def _asked(what: str, label_set: str | int | None) -> str:
    """Return what a plan is bound to."""
    return json.dumps(["undo", what, label_set])


def _kept(jobs: "AllJobs", last: Last, what: str, label_set: str | int | None, sentence: str) -> str:
    """Keep a plan to take something back, and return its token."""
    import numpy as np

    from server.jobs.plans import Picked, Plan

    nothing = Picked(np.empty(0, np.int64), None, (), sentence)
    return jobs.plans.keep(Plan(_asked(what, label_set), last.action, nothing, None)).token


def _checked(own: "Library", jobs: "AllJobs", what: str, label_set: str | int | None, token: str) -> tuple[Last, str]:
    """Return what a plan takes back, and its sentence; raises Refused if that is not what was done last any more."""
    plan = jobs.plans.look(token, _asked(what, label_set))
    jobs.actions.refuse_second()
    last = last_done(own, jobs, what, label_set)
    if last.action != plan.state:
        raise Refused(409, OTHER_SINCE)
    return last, plan.picked.title


async def _taken_back(context: Context[None], agent: Agent, last: Last, *, dry_run: bool) -> dict[str, Any]:
    """Take something back, or say what that would do."""
    if last.act is not None:
        return {"state": "done", **await agent.write(lambda own: _correction_back(agent, own, last.act, dry_run))}
    from server.jobs.job import Job

    jobs = agent.jobs
    request = {"work": "undo", "library": str(jobs.library), "action": last.action, "dry_run": dry_run}
    job = jobs.actions.start(Job("undo", "Looking at what there is" if dry_run else "Taking back", 0), request)
    job = await followed(context, job, lambda: jobs.actions.stop(job.id))
    return {"state": job.state, "sentence": job.sentence, **(job.result or {})}


def _correction_back(agent: Agent, own: "Library", act: tuple[int, int] | None, dry_run: bool) -> dict[str, Any]:
    from server.job_api.labelled_acts import take_back, would_take_back

    assert act is not None
    return would_take_back(own.store, *act) if dry_run else take_back(agent.library, own, *act)
