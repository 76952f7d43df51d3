"""Acting on all pictures that a search finds: first what it would do, then that and no other; and taking it back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter
from fastapi import Path as InPath
from fastapi.responses import JSONResponse, Response, StreamingResponse

from indexer.paths import readable
from search.corrections.said import login_name
from search.journal.undo import find_action
from server.children.picked_hits import AT_ONCE, PickedHits
from server.http_errors import problems
from server.job_api.action_models import Action, AllHits, DoneAnswer, JobAnswer, JobsAnswer, PlanAnswer, Undo
from server.job_api.labelled_acts import acts, parsed_act, say, take_back, would_take_back
from server.job_api.picking import picked
from server.job_api.planning import carried_out, check_plan, make_plan
from server.jobs.carrying_out import answer_of, carry_out, job_record
from server.jobs.dependencies import Jobs
from server.jobs.job import Job
from server.opened.dependencies import Opened
from server.opened.open_library import OpenLibrary

if TYPE_CHECKING:
    from search.library.library import Library

JobId = Annotated[str, InPath(pattern="^[0-9a-f]{12}$")]
ActionId = Annotated[str, InPath(pattern="^[0-9A-Za-z-]{1,64}$")]
UNDERWAY: dict[int | str, dict[str, Any]] = {
    202: {"model": JobAnswer, "description": "It goes on; ask for the job until it has ended."}
}
TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}}}}

router = APIRouter(tags=["actions"])


@router.post(
    "/actions",
    response_model=PlanAnswer | JobAnswer,
    responses={**problems(400, 403, 409, 410, 422, 503), **UNDERWAY},
)
async def act(library: Opened, jobs: Jobs, body: Action) -> Response:
    """Say what would be done with all pictures that are found; with the plan of that, do it."""
    if body.dry_run:
        return JSONResponse(await library.write(lambda own: make_plan(library, own, jobs, body)))
    plan = await library.write(lambda own: check_plan(library, own, jobs, body))
    if body.kind != "label":
        return await answer_of(carried_out(jobs, plan, body))
    jobs.plans.use(plan)
    ids = [*plan.picked.ids.tolist(), *plan.picked.copies]
    job = jobs.actions.begin(Job("label", "Labelling", len(plan.picked.ids)))
    label_set, labels = body.set or 0, body.labels
    return await answer_of(carry_out(library, job, lambda own: say(own.store, label_set, ids, labels, login_name())))


@router.post(
    "/paths",
    response_class=StreamingResponse,
    responses={**problems(400, 409, 410, 422, 503), **TEXT},
)
async def paths(library: Opened, body: AllHits) -> Response:
    """Return the paths of all pictures that are found, one a line."""
    found = await library.work(lambda own: picked(library, own, body))
    headers = {"Content-Disposition": 'attachment; filename="paths.txt"'}
    return StreamingResponse(
        _paths(library, found.ids.tolist()), media_type="text/plain; charset=utf-8", headers=headers
    )


@router.get("/jobs", response_model=JobsAnswer, responses=problems(503))
async def jobs_of_server(jobs: Jobs) -> Response:
    """Return the jobs of this server."""
    return JSONResponse({"jobs": [job_record(job) for job in (*jobs.labelling.all(), *jobs.actions.all())]})


@router.get("/jobs/{job_id}", response_model=JobAnswer, responses=problems(404, 422))
async def job(jobs: Jobs, job_id: JobId) -> Response:
    """Return how far a job is."""
    return JSONResponse(job_record(jobs.list_of(job_id).get(job_id)))


@router.post("/jobs/{job_id}/stop", response_model=JobAnswer, responses=problems(403, 404, 422))
async def stop(jobs: Jobs, job_id: JobId) -> Response:
    """Ask a job to stop; what is done stays, and can be taken back."""
    return JSONResponse(job_record(jobs.list_of(job_id).stop(job_id)))


@router.get("/actions", response_model=DoneAnswer, responses=problems(503))
async def actions_done(library: Opened, jobs: Jobs) -> Response:
    """Return what was done to files outside the library, and said of many pictures at once, the last first."""

    def look(own: Library) -> list[dict[str, Any]]:
        both = [*jobs.journals.records(), *acts(own.store)]
        return sorted(both, key=lambda one: str(one["began"]), reverse=True)

    return JSONResponse({"actions": await library.work(look)})


@router.post(
    "/actions/{action_id}/undo",
    response_model=JobAnswer,
    responses={**problems(400, 403, 409, 422, 503), **UNDERWAY},
)
async def undo(library: Opened, jobs: Jobs, action_id: ActionId, body: Undo) -> Response:
    """Take back what an action did, or say what that would do; what is not as it was made stays."""
    said = parsed_act(action_id)
    if said is None:
        await library.write(lambda own: find_action(jobs.library, action_id))  # what can't be is told at once
        request = {"work": "undo", "library": str(jobs.library), "action": action_id, "dry_run": body.dry_run}
        return await answer_of(jobs.actions.start(Job("undo", "Taking back", 0), request))
    label_set, number = said
    job = jobs.actions.begin(Job("undo", "Taking back", 0))
    if body.dry_run:
        return await answer_of(carry_out(library, job, lambda own: would_take_back(own.store, label_set, number)))
    return await answer_of(carry_out(library, job, lambda own: take_back(library, own, label_set, number)))


async def _paths(library: OpenLibrary, ids: list[int]) -> AsyncIterator[str]:
    """Yield the paths of pictures, some hundred at a time; of a video once."""
    before: set[str] = set()
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        hits = await library.work(lambda own, some=some: list(PickedHits(own.store, some, None)))  # type: ignore[misc]
        lines = []
        for hit in hits:
            path = readable(hit.path)
            if hit.at is None or path not in before:
                lines.append(f"{path}\n")
            if hit.at is not None:
                before.add(path)
        yield "".join(lines)
